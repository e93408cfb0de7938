// A position of a PostgreSQL source, as the log keeps it: everything at or below `lsn` is in the
// log. It means something only in the WAL that it was read from.
//
//   position = lsn u64 | system identifier u64 | timeline u32 | database (the rest)   (big-endian)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cdc/postgres/catalog.h"
#include "cdc/postgres/lsn.h"
#include "log/base/status.h"

namespace leat::cdc {

struct Position {
  Lsn lsn;  // the end of a commit record, or a place in the WAL that no commit spans
  uint64_t system_identifier = 0;
  uint32_t timeline = 0;
  std::string database;
};

std::string encode_position(const Position& position);
Result<Position> decode_position(std::string_view bytes);

// What a change header names as its commit's position: the LSN's 8 bytes, big-endian, so that bytes
// compare as positions do.
std::string encode_commit_position(Lsn lsn);

// Whether streaming may go on from STORED, on the server SYSTEM with the slot SLOT_NAME as it is
// now (none: it is gone). PostgreSQL itself would start later than it was asked to and drop the gap
// without a word. SOURCE is the source's name, for the statement that mends it.
Status check_resume(const Position& stored, const SystemFacts& system,
                    const std::optional<SlotFacts>& slot, const std::string& source,
                    const std::string& slot_name);

}  // namespace leat::cdc
