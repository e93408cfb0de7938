// Units written in parts, as a large source transaction is.
#pragma once

#include "log/change_log.h"
#include "tests/support/random.h"

namespace leat::test {

// Writes UNIT in parts of a few records, of which the first may be voided junk; waits for nothing.
Result<log::Ticket> submit_in_parts(log::ChangeLog& log, const log::CommitUnit& unit,
                                    Random& random);
// Begins UNIT in parts, and abandons it.
Status abandon_in_parts(log::ChangeLog& log, const log::CommitUnit& unit, Random& random);

}  // namespace leat::test
