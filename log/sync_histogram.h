// How long syncs took, in about 6 % steps. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

namespace leat::log {

class SyncHistogram {
 public:
  void add_us(int64_t us) { counts_[bucket_of(us)].fetch_add(1, std::memory_order_relaxed); }

  // The upper bound of the bucket that holds the quantile; 0 without entries.
  int64_t quantile_us(double q) const {
    uint64_t total = 0;
    for (const auto& count : counts_) total += count.load(std::memory_order_relaxed);
    auto wanted = static_cast<uint64_t>(q * static_cast<double>(total));
    uint64_t seen = 0;
    for (size_t i = 0; i < kBuckets && total > 0; ++i) {
      seen += counts_[i].load(std::memory_order_relaxed);
      if (seen > wanted || seen == total) return upper_bound_us(i);
    }
    return 0;
  }

 private:
  static constexpr size_t kSteps = 16;  // in a power of two
  static constexpr size_t kBuckets = 40 * kSteps;

  static size_t bucket_of(int64_t us) {
    auto value = static_cast<uint64_t>(us < 0 ? 0 : us);
    if (value < kSteps) return value;
    auto shift = static_cast<size_t>(std::bit_width(value)) - 5;  // leaves 16 … 31
    size_t bucket = (shift + 1) * kSteps + ((value >> shift) - kSteps);
    return bucket < kBuckets ? bucket : kBuckets - 1;
  }
  static int64_t upper_bound_us(size_t bucket) {
    if (bucket < kSteps) return static_cast<int64_t>(bucket);
    size_t shift = bucket / kSteps - 1;
    return static_cast<int64_t>(((bucket % kSteps + kSteps + 1) << shift) - 1);
  }

  std::array<std::atomic<uint64_t>, kBuckets> counts_{};
};

}  // namespace leat::log
