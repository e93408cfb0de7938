// What tells one history of a server's binlog from another in which the same numbers (GTIDs, file
// names, offsets) came again, after a RESET or where the server was restored: an event that was
// seen, where it stands. It bears the second that it was written in, and of a commit its number.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cdc/mysql/binlog/event.h"

namespace leat::cdc::mysql {

struct EventMark {
  std::string file;
  uint64_t offset = 0;  // where the event begins
  uint32_t crc32c = 0;  // of its beginning

  friend bool operator==(const EventMark&, const EventMark&) = default;
};

// Of the event BYTES, with its header. A FORMAT_DESCRIPTION is changed when it is sent, but for the
// time that its file was begun at.
EventMark mark_event(std::string_view file, uint64_t offset, std::string_view bytes);

}  // namespace leat::cdc::mysql
