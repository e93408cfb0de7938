// What `leat topic cat` printed of a table's topic, checked as a history.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "log/base/status.h"

namespace leat::test {

class TopicHistory {
 public:
  // LINES: one Debezium envelope a line, of a table whose key is the column id. An error where a
  // change comes twice or out of commit order, or a `before` is not the `after` that precedes it.
  static Result<TopicHistory> read(const std::string& lines);

  size_t keys_of_latest() const { return latest_.size(); }
  // What is different between the latest row of a key and ROW_JSON, a row of the source as a JSON
  // object whose values are its columns' text. Columns that end in "changed" are not compared.
  std::optional<std::string> difference_from(const std::string& id,
                                             const std::string& row_json) const;

 private:
  std::map<std::string, nlohmann::json> latest_;  // id → the row
};

}  // namespace leat::test
