// The rows of WRITE, UPDATE and DELETE events, in place: which bytes are which column's. Values are
// made of them by value_decoder.h.
//
//   event = table id u48, flags u16, [v2: size of extra data u16 with itself, extra data],
//           column count (packed), presence bitmap, [update: another one for the row after], rows
//   row   = [PARTIAL_UPDATE, row after: options (packed), [bit a JSON column: it is a diff]]
//           null bitmap (a bit for each column that is present), the values of those that are
//           neither absent nor null
//
// MINIMAL and NOBLOB images leave columns out: those are absent, which is not null.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cdc/mysql/binlog/event.h"
#include "cdc/mysql/binlog/table_map.h"
#include "log/base/bytes.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

enum class FieldState : uint8_t {
  absent,
  null,
  value,
  json_diff,  // what to change in the value before: see json_diff.h
};

struct Field {
  FieldState state = FieldState::absent;
  std::string_view bytes;  // of value and json_diff, without the length in front of them
};

// A row image: as many fields as the table has columns.
using RowImage = std::vector<Field>;

// Reads the body of a rows event. COMPRESSED ones (MariaDB's) are uncompressed into SCRATCH.
Result<RowsEvent> read_rows_event(EventType type, ByteReader& in, std::string* scratch);

// Walks the rows of an event. The table map and the event's bytes must outlive it. One thread;
// reused from event to event, so that a row costs no allocation.
class RowsReader {
 public:
  // An error where TABLE is not the one that the event was written by.
  Status begin(const TableMap* table, const RowsEvent& event);

  // False at the end. The images' bytes lie in the event.
  Result<bool> next();
  // Nothing but absent columns where the kind has no such image.
  const RowImage& before() const { return before_; }
  const RowImage& after() const { return after_; }

 private:
  Status read_image(std::string_view present, RowImage* out, std::string_view json_diffs);
  Result<std::string_view> read_json_diff_bits();

  const TableMap* table_ = nullptr;
  RowsEvent event_{};
  ByteReader in_{std::string_view()};
  RowImage before_;
  RowImage after_;
};

}  // namespace leat::cdc::mysql
