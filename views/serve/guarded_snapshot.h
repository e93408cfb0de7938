// A snapshot whose scans end when the statement is cancelled or has run too long, whether or not a
// row of theirs matches.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>

#include "log/base/clock.h"
#include "views/relation.h"

namespace leat::views::serve {

class GuardedSnapshot final : public ReadSnapshot {
 public:
  // INNER and CLOCK outlive it. CANCELLED is asked every few rows.
  GuardedSnapshot(const ReadSnapshot& inner, const Clock& clock, std::chrono::nanoseconds deadline,
                  std::function<bool()> cancelled)
      : inner_(inner), clock_(clock), deadline_(deadline), cancelled_(std::move(cancelled)) {}

  CutId cut() const override { return inner_.cut(); }

  Status scan(std::string_view relation, std::string_view key_prefix,
              const std::function<bool(std::string_view row)>& row) const override {
    look();
    LEAT_RETURN_IF_ERROR(ended_);
    LEAT_RETURN_IF_ERROR(inner_.scan(
        relation, key_prefix, [&](std::string_view bytes) { return goes_on() && row(bytes); }));
    return ended_;
  }

  Status check_one_cut(std::span<const std::string> relations) const override {
    return inner_.check_one_cut(relations);
  }

  // To be asked for each row that is read, computed or given. False: the statement has ended, see
  // ended().
  bool goes_on() const override {
    if (--rows_to_look_ == 0) look();
    return ended_.ok();
  }
  // Why the statement was ended; once so, for good.
  const Status& ended() const { return ended_; }

 private:
  static constexpr uint32_t kRowsBetweenLooksMax = 16;
  static constexpr std::chrono::milliseconds kRowsAreSlow{5};

  // A row may take no time or, where its expressions are costly, a good part of a second: while
  // rows are slow there is a look at each.
  void look() const {
    const auto now = clock_.monotonic();
    const bool slow = now - looked_ >= kRowsAreSlow;
    rows_between_looks_ = slow ? 1 : std::min(rows_between_looks_ * 2, kRowsBetweenLooksMax);
    rows_to_look_ = rows_between_looks_;
    looked_ = now;
    check(now);
  }

  void check(std::chrono::nanoseconds now) const {
    if (!ended_.ok()) return;
    if (cancelled_()) ended_ = Error::permanent("canceling statement due to user request");
    if (ended_.ok() && now >= deadline_) {
      ended_ = Error::permanent("canceling statement due to statement timeout");
    }
  }

  const ReadSnapshot& inner_;
  const Clock& clock_;
  std::chrono::nanoseconds deadline_;
  std::function<bool()> cancelled_;
  mutable uint32_t rows_between_looks_ = 1;
  mutable uint32_t rows_to_look_ = 1;
  mutable std::chrono::nanoseconds looked_{};
  mutable Status ended_;
};

}  // namespace leat::views::serve
