#include "cdc/unit_pace.h"

#include "log/base/clock.h"

namespace leat::cdc {
namespace {

constexpr size_t kUnitBytes = 1 << 20;
constexpr std::chrono::milliseconds kUnitAge(5);
constexpr std::chrono::nanoseconds kNotOpen(0);

}  // namespace

Status UnitPace::submit_if_due(Ingestor& ingestor, bool more_is_here) {
  if (!ingestor.has_open_unit()) {
    opened_ = kNotOpen;
    return Ok();
  }
  auto now = Clock::system().monotonic();
  if (opened_ == kNotOpen) opened_ = now;
  bool due = !more_is_here || ingestor.open_bytes() >= kUnitBytes || now - opened_ >= kUnitAge;
  if (!due) return Ok();
  opened_ = kNotOpen;
  return ingestor.submit();
}

}  // namespace leat::cdc
