// What a table's topic holds, in terms of the table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/status.h"
#include "log/change_log.h"
#include "log/model/row.h"

namespace leat::test {

// A row's columns joined by '|', NULL as "\N".
Result<std::string> row_text(const RowType& type, std::string_view row);
// The same of what a server answered, sorted: as latest_rows() gives them.
std::vector<std::string> rows_text(
    const std::vector<std::vector<std::optional<std::string>>>& rows);

// A topic's change, as text.
struct TopicChange {
  uint64_t transaction = 0;   // 0: of the snapshot
  uint64_t commit_order = 0;  // the first eight bytes of its commit position
  uint64_t index = 0;
  std::string key;                    // bytes
  std::optional<std::string> before;  // as row_text()
  std::optional<std::string> after;
};

// All changes of the topic's current generation, partition after partition. An error where a record
// cannot be read.
Result<std::vector<TopicChange>> topic_changes(log::ChangeLog& log, const std::string& topic);

// The latest row of each key, sorted. An error where a `before` is not what precedes it, or a
// change of a key stands twice or out of commit order.
Result<std::vector<std::string>> latest_rows(const std::vector<TopicChange>& changes);

}  // namespace leat::test
