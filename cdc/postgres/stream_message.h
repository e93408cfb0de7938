// What CopyData carries in a replication stream: 'w' data, 'k' keepalive.
// https://www.postgresql.org/docs/15/protocol-replication.html
#pragma once

#include <cstdint>
#include <string_view>

#include "cdc/postgres/lsn.h"
#include "log/base/status.h"

namespace leat::cdc {

// One message of a replication stream.
struct StreamMessage {
  enum class Kind : uint8_t { data, keepalive };
  Kind kind = Kind::data;
  Lsn wal_end;                   // how far the server has read its WAL
  bool reply_requested = false;  // keepalive
  std::string_view data;         // views the bytes it was decoded from
};

// Bytes that are no such message are a permanent error.
Result<StreamMessage> decode_stream_message(std::string_view bytes);

}  // namespace leat::cdc
