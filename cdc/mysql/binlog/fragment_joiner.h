// Puts the pieces of one rows event together (MariaDB 12.3's PARTIAL_ROW_DATA: an event larger than
// binlog_row_event_fragment_threshold is logged in pieces, one behind the other).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cdc/mysql/binlog/event.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// One thread.
class FragmentJoiner {
 public:
  // The whole event's bytes with its last piece, for EventDecoder::decode_unchecked(), alive until
  // the next call. An error where a piece is missing, or together they are more than
  // kEventBytesMax or not as many as the first one said.
  Result<std::optional<std::string_view>> add(const RowsFragment& fragment);

  // Inside of an event: nothing else may come.
  bool is_open() const { return next_ != 1; }
  // The connection was lost: the server sends all pieces again.
  void clear();

 private:
  std::string bytes_;
  uint32_t count_ = 0;
  uint32_t next_ = 1;
  std::optional<uint64_t> bytes_total_;
};

}  // namespace leat::cdc::mysql
