// How far a source has been read, and where reading has to begin again.
//
//   stored = the position that was taken (sized), the one to begin at (sized; empty: the same),
//            a mark: file (sized; empty: none), offset (varint), CRC-32C (varint)
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cdc/mysql/binlog/event_mark.h"
#include "cdc/mysql/binlog/position.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

struct StreamPosition {
  Position taken;  // all of it is in the log, but for XA transactions that are prepared
  // Before the first of those, where there are any: they are read once more after a restart.
  std::optional<Position> restart = {};
  // An event of taken.server's binlog, the last that was taken or one before it.
  std::optional<EventMark> mark = {};

  const Position& start() const { return restart ? *restart : taken; }
};

std::string encode_stream_position(const StreamPosition& position);
Result<StreamPosition> decode_stream_position(std::string_view bytes);

}  // namespace leat::cdc::mysql
