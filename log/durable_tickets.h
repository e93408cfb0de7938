// Which units are durable. Those that pass the others (CommitUnit::may_pass) are numbered by
// themselves, from half of the range on, so that each of the two has one end.
#pragma once

#include "log/change_log.h"

namespace leat::log {

inline constexpr Ticket kPassingBegin{uint64_t{1} << 63};

struct DurableTickets {
  Ticket in_order{0};
  Ticket passing = kPassingBegin;

  bool hold(Ticket ticket) const { return ticket <= (ticket < kPassingBegin ? in_order : passing); }
};

}  // namespace leat::log
