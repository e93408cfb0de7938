// What SQL can name, and how its rows are read: the line between views/sql (names and plans), the
// query evaluator, and whoever holds the rows.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/ids.h"
#include "log/base/status.h"
#include "log/model/schema.h"

namespace leat::views {

enum class RelationKind : uint8_t { table_topic, stream_topic, view };

struct RelationInfo {
  RelationKind kind = RelationKind::table_topic;
  std::string name;  // of the topic (source.schema.table) or of the view: unique
  Schema schema;     // visible columns first; key_columns are the unique key
  // The columns that SQL sees; the rest (keys that the view's query dropped) are hidden.
  int visible_columns = 0;
};

// The names as of one moment. Any thread.
class RelationCatalog {
 public:
  virtual ~RelationCatalog() = default;
  // PARTS as written, folded as PostgreSQL folds them: {"orders"}, {"public", "orders"}, {"shop",
  // "public", "orders"}. The error says what is unknown (with the nearest name) or ambiguous.
  virtual Result<RelationInfo> resolve(const std::vector<std::string>& parts) const = 0;
};

// Rows of all live views as of one cut. Any thread.
class ReadSnapshot {
 public:
  virtual ~ReadSnapshot() = default;
  virtual CutId cut() const = 0;
  // Calls ROW for each row of the relation whose unique key starts with KEY_PREFIX (key.h's
  // encoding, whole fields; empty: all), in key order, until it returns false. An error where the
  // relation cannot be read now (building, or it holds a row error: the message says which).
  virtual Status scan(std::string_view relation, std::string_view key_prefix,
                      const std::function<bool(std::string_view row)>& row) const = 0;
  // False: whoever reads no longer wants the rest. Asked now and then between scans, too.
  virtual bool goes_on() const { return true; }
  // An error where RELATIONS, each named once, do not all stand at cut(): a frozen view answers
  // alone.
  virtual Status check_one_cut(std::span<const std::string> relations) const {
    static_cast<void>(relations);
    return Ok{};
  }
};

}  // namespace leat::views
