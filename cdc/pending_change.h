// A change of a transaction that has not committed yet, or is being read: decoded as far as the
// message alone allows. What it lacks (the row before, unchanged TOASTed values) is completed when
// the transaction commits, in commit order.
//
// Its bytes live only inside the process (memory, spill files that are removed at start-up), so
// their layout is not versioned.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cdc/table.h"

namespace leat::cdc {

enum class ChangeKind : uint8_t {
  insert,
  update,
  remove,
  truncate,
};

struct PendingChange {
  ChangeKind kind = ChangeKind::insert;
  TableIndex table;
  // For dropping what was rolled back to a savepoint; 0 where the source has no such thing.
  uint32_t subtransaction = 0;
  std::string_view key;      // of the row after, of the removed row
  std::string_view old_key;  // of the row before, where an update changed the key; else empty
  std::optional<std::string_view> before;  // where the source sent the whole row
  std::optional<std::string_view> after;   // insert, update
  // Columns of `after` that the source did not send (they stand there as NULL): a bit each, as in a
  // row's null bitmap; empty where the row is whole.
  std::string_view unchanged;
};

void append_pending_change(const PendingChange& change, std::string* out);

// Takes the next change off the front of BYTES; its views point into them. False at the end. BYTES
// are what append_pending_change wrote; anything else is our own bug.
bool next_pending_change(std::string_view* bytes, PendingChange* out);

}  // namespace leat::cdc
