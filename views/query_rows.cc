#include "views/query_rows.h"

#include <algorithm>
#include <utility>

#include "log/model/key.h"

namespace leat::views {
namespace {

// Sorting anew after so many more rows keeps the cost a row logarithmic.
constexpr uint64_t kSlackRows = 4096;

int compare(const sql::SortKey& key, const RowType& type, std::span<const Datum> a,
            std::span<const Datum> b) {
  size_t column = static_cast<size_t>(key.column);
  const Datum &x = a[column], &y = b[column];
  if (x.is_null() || y.is_null()) {
    if (x.is_null() && y.is_null()) return 0;
    return x.is_null() == key.nulls_first ? -1 : 1;
  }
  int order = compare_datums(type[column].id, x, y);
  return key.descending ? -order : order;
}

}  // namespace

SortedRows::SortedRows(const RowType& type, const std::vector<sql::SortKey>& order_by,
                       std::optional<uint64_t> rows_max)
    : type_(type), order_by_(order_by), rows_max_(rows_max) {}

bool SortedRows::is_before(const Row& a, const Row& b) const {
  for (const sql::SortKey& key : order_by_)
    if (int order = compare(key, type_, a.values, b.values); order != 0) return order < 0;
  return a.arrival < b.arrival;
}

std::vector<Datum> SortedRows::copy(std::span<const Datum> values, Arena* arena) const {
  std::vector<Datum> copied(values.begin(), values.end());
  for (size_t i = 0; i < copied.size(); ++i)
    if (!copied[i].is_null() && datum_kind(type_[i].id) == DatumKind::bytes)
      copied[i] = Datum::of_bytes(arena->copy(copied[i].bytes()));
  return copied;
}

void SortedRows::add(std::span<const Datum> row) {
  rows_.push_back({copy(row, &arena_), arrivals_++});
  if (rows_max_ && rows_.size() >= *rows_max_ * 2 + kSlackRows) keep_first();
}

size_t SortedRows::memory_bytes() const {
  return arena_.used() + rows_.size() * (sizeof(Row) + type_.size() * sizeof(Datum));
}

void SortedRows::keep_first() {
  std::sort(rows_.begin(), rows_.end(),
            [&](const Row& a, const Row& b) { return is_before(a, b); });
  if (!rows_max_ || rows_.size() <= *rows_max_) return;
  rows_.resize(static_cast<size_t>(*rows_max_));
  Arena compact;
  for (Row& row : rows_) row.values = copy(row.values, &compact);
  arena_ = std::move(compact);
}

}  // namespace leat::views
