// A change as a log record.
//
//   key    = append_key of the key columns
//   value  = 0x01 (format), schema id u32 LE, row         or none, for a delete (a tombstone)
//   header = "leat": 0x01 (format), transaction id u64 LE, commit time i64 LE (microseconds since
//            1970), index within the transaction (varint), commit position (sized), then
//            0x00, or 0x01, schema id u32 LE, row before the change (the rest)
//   record timestamp = commit time in milliseconds since 1970
//
// So a reader turns records into deltas (-before, +after) without keeping rows itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "log/base/ids.h"
#include "log/base/status.h"

namespace leat {

inline constexpr std::string_view kChangeHeaderName = "leat";

struct RowImage {
  SchemaId schema;
  std::string_view row;
};

struct ChangeHeader {
  uint64_t transaction_id = 0;
  int64_t commit_time_us = 0;
  uint64_t index = 0;
  std::string_view commit_position;
  std::optional<RowImage> before;
};

void append_change_value(const RowImage& after, std::string* out);
Result<RowImage> decode_change_value(std::string_view value);

void append_change_header(const ChangeHeader& header, std::string* out);
Result<ChangeHeader> decode_change_header(std::string_view bytes);

}  // namespace leat
