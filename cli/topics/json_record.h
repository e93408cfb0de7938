// Records that come from outside as JSON, one object a line, values by column name:
//
//   {"at":"2026-11-22 12:00:00+00","page":"/cart","items":3}
//
// Values are written as `leat topic cat` prints them: integers and floats as numbers (NaN and the
// infinities as strings), booleans as true and false, bytea as base64, everything else as the text
// that PostgreSQL reads, in UTC. Numeric may be a number, too, and json any JSON. A column that may
// be null may be left out. Nothing is converted from what it is not: "42" is no integer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "log/base/arena.h"
#include "log/base/status.h"
#include "log/model/datum.h"
#include "log/model/json_text.h"
#include "log/model/schema.h"

namespace leat::cli {

// One thread; SCHEMA must outlive it.
class JsonRecordReader {
 public:
  explicit JsonRecordReader(const Schema& schema);

  // Reads one record. A permanent error says which column, what is wrong with it, and what would be
  // right; then there is no record.
  Status read(std::string_view line);

  // As the log stores them; until the next read.
  const std::string& row() const { return row_; }
  const std::string& key() const { return key_; }  // empty where the schema has no key

 private:
  Status take(const JsonValue& name, const JsonValue& value);
  Status check_missing() const;
  Error unknown_column(const std::string& name) const;

  const Schema& schema_;
  const RowType type_;
  Arena arena_;
  std::vector<Datum> values_;
  std::vector<bool> given_;
  std::string row_;
  std::string key_;
};

}  // namespace leat::cli
