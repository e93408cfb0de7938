// Random numbers for tests: the seed is printed by whoever fails and taken from LEAT_SEED.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>

namespace leat::test {

// The value of the environment variable LEAT_SEED, else a new one.
inline uint64_t seed() {
  if (const char* given = std::getenv("LEAT_SEED")) return std::strtoull(given, nullptr, 10);
  return std::random_device()();
}

class Random {
 public:
  explicit Random(uint64_t seed_value) : engine_(seed_value) {}

  // In [0, BOUND).
  size_t below(size_t bound) { return static_cast<size_t>(engine_() % bound); }
  // In [FIRST, LAST].
  int64_t between(int64_t first, int64_t last) {
    return first + static_cast<int64_t>(engine_() % static_cast<uint64_t>(last - first + 1));
  }
  // True once in ONE_IN times.
  bool one_in(size_t count) { return below(count) == 0; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace leat::test
