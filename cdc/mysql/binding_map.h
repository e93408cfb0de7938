// What the stream's table numbers mean just now.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cdc/mysql/table_binding.h"
#include "cdc/table.h"

namespace leat::cdc::mysql {

struct BoundTable {
  std::string bytes;                    // of the TABLE_MAP
  std::optional<TableIndex> table;      // none: not captured
  std::optional<TableBinding> binding;  // of a captured one; none: MISMATCH says why
  std::string mismatch;
};

class BindingMap {
 public:
  // Both must outlive it; FORMS has an entry for each of TABLES.
  BindingMap(const TableSet* tables, const std::vector<TableForm>* forms);

  // A server numbers a table anew whenever it is opened, and says what a number means ahead of each
  // statement: a TABLE_MAP that is known already costs a comparison.
  Status set(const TableMapEvent& event);
  // Null: the server never said. Lives until the next clear().
  const BoundTable* find(TableId id) const;
  // The server will say all again, or the tables have changed.
  void clear();
  // Between transactions: forgets all where they are too many.
  void limit();

 private:
  BoundTable bind(TableMap map) const;
  void read_names();

  const TableSet* tables_;
  const std::vector<TableForm>* forms_;
  std::unordered_map<std::string, TableIndex> by_name_;
  std::unordered_map<TableId, BoundTable> bound_;
};

}  // namespace leat::cdc::mysql
