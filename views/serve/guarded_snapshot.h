// A snapshot whose scans end when the statement is cancelled or has run too long.
#pragma once

#include <atomic>
#include <chrono>

#include "log/base/clock.h"
#include "views/relation.h"

namespace leat::views::serve {

class GuardedSnapshot final : public ReadSnapshot {
 public:
  GuardedSnapshot(const ReadSnapshot& inner, const Clock& clock, std::chrono::nanoseconds deadline,
                  const std::atomic<bool>& cancelled)
      : inner_(inner), clock_(clock), deadline_(deadline), cancelled_(cancelled) {}

  CutId cut() const override { return inner_.cut(); }

  Status scan(std::string_view relation, std::string_view key_prefix,
              const std::function<bool(std::string_view row)>& row) const override {
    LEAT_RETURN_IF_ERROR(check());
    Status stopped;
    LEAT_RETURN_IF_ERROR(inner_.scan(relation, key_prefix, [&](std::string_view bytes) {
      if (cancelled_ || ++rows_ % kRowsBetweenChecks == 0) stopped = check();
      return stopped.ok() && row(bytes);
    }));
    return stopped;
  }

  Status check_one_cut(std::span<const std::string> relations) const override {
    return inner_.check_one_cut(relations);
  }

  bool late() const { return clock_.monotonic() >= deadline_; }

 private:
  static constexpr uint64_t kRowsBetweenChecks = 1024;

  Status check() const {
    if (cancelled_) return Error::permanent("canceling statement due to user request");
    if (late()) return Error::permanent("canceling statement due to statement timeout");
    return Ok{};
  }

  const ReadSnapshot& inner_;
  const Clock& clock_;
  std::chrono::nanoseconds deadline_;
  const std::atomic<bool>& cancelled_;
  mutable uint64_t rows_ = 0;
};

}  // namespace leat::views::serve
