// Rows of a result on their way to their order.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "log/base/arena.h"
#include "log/model/datum.h"
#include "log/model/type.h"
#include "views/sql/sql.h"

namespace leat::views {

// Keeps rows to sort them; where only the first ROWS_MAX are wanted, little more than those.
class SortedRows {
 public:
  SortedRows(const RowType& type, const std::vector<sql::SortKey>& order_by,
             std::optional<uint64_t> rows_max);

  // Copies the row.
  void add(std::span<const Datum> row);
  size_t memory_bytes() const;

  // Calls ROW for each in order (equal ones as they came), until it returns false.
  template <class F>
  void for_each_sorted(F&& row) {
    keep_first();
    for (const Row& kept : rows_)
      if (!row(std::span<const Datum>(kept.values))) return;
  }

 private:
  struct Row {
    std::vector<Datum> values;
    uint64_t arrival = 0;
  };

  bool is_before(const Row& a, const Row& b) const;
  std::vector<Datum> copy(std::span<const Datum> values, Arena* arena) const;
  // Sorts, drops what is behind rows_max_, and gives back the memory of what was dropped.
  void keep_first();

  const RowType& type_;
  const std::vector<sql::SortKey>& order_by_;
  const std::optional<uint64_t> rows_max_;
  std::vector<Row> rows_;
  Arena arena_;
  uint64_t arrivals_ = 0;
};

}  // namespace leat::views
