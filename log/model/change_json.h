// A record as one line of JSON in Debezium's envelope, for people and for programs that read
// Debezium:
//
//   {"before":ROW|null,"after":ROW|null,"op":"c|u|d|r","ts_ms":N,
//    "source":{"topic":"…","partition":N,"offset":N,"txId":N,"lsn":N,"index":N,"ts_us":N}}
//
// op: r a row of the snapshot, c inserted, u updated, d deleted. Compaction takes a delete's row
// away; its "before" then holds the key's columns alone. lsn is the commit's position (as
// Debezium's lsn, a number) where it is 8 bytes; where a text follows those (MySQL's GTIDs),
// "position" holds that,
// and what Debezium's MySQL connector says stands behind it: "connector", "name", "db", "table",
// and "gtid", or "file" and "pos". Values: integers and finite floats are numbers, booleans are
// booleans, bytea is base64, NaN and infinities are strings, and everything else is the text that
// PostgreSQL prints (so numeric keeps its digits: Debezium's decimal.handling.mode=string,
// time.precision.mode=isostring).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "log/base/ids.h"
#include "log/base/status.h"
#include "log/model/schema.h"

namespace leat {

// A record's parts (log/record.h), and where it stands.
struct RecordParts {
  std::string_view topic;
  PartitionIndex partition;
  Offset offset;
  int64_t timestamp_ms = 0;
  std::optional<std::string_view> value;
  std::string_view change_header;
  // Of a delete without a row: its key, and the schema that says of which columns.
  std::string_view key = {};
  std::optional<SchemaId> key_schema = {};
};

using SchemaLookup = std::function<std::shared_ptr<const Schema>(SchemaId)>;

// Appends the object, without a line end. A record that does not decode is an error; then OUT is as
// it was.
Status append_change_json(const RecordParts& record, const SchemaLookup& schema_of,
                          std::string* out);

}  // namespace leat
