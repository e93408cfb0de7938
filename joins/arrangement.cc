#include "joins/arrangement.h"

#include <algorithm>
#include <utility>

#include "log/model/key.h"

namespace leat::joins {
namespace {

bool contains(const std::vector<int>& columns, int column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

}  // namespace

Arrangement::Arrangement(store::BufferedTable& table, RowType row_type, std::vector<int> join_key,
                         std::vector<int> other_key)
    : table_(table),
      reader_(std::move(row_type)),
      join_key_(std::move(join_key)),
      other_key_(std::move(other_key)) {}

Result<std::unique_ptr<Arrangement>> Arrangement::open(StateUnit& state, const std::string& name,
                                                       RowType row_type, std::vector<int> join_key,
                                                       const std::vector<int>& unique_key) {
  std::vector<int> other_key;
  for (int column : unique_key) {
    if (!contains(join_key, column)) other_key.push_back(column);
  }
  const auto grouping = other_key.empty() ? store::Grouping::by_key : store::Grouping::by_group;
  LEAT_ASSIGN_OR_RETURN(store::BufferedTable * table, state.table(name, grouping));
  return std::unique_ptr<Arrangement>(
      new Arrangement(*table, std::move(row_type), std::move(join_key), std::move(other_key)));
}

Status Arrangement::key(const DeltaBatch& deltas, KeyedBatch& out) {
  out.arena_.clear();
  out.deltas_.clear();
  out.deltas_.reserve(deltas.size());
  for (const Delta& delta : deltas.deltas()) {
    LEAT_RETURN_IF_ERROR(reader_.read(delta.row));
    const auto values = reader_.values();
    KeyedDelta keyed;
    keyed.delta = delta;
    keyed.joinable = std::none_of(join_key_.begin(), join_key_.end(), [&](int column) {
      return values[static_cast<size_t>(column)].is_null();
    });
    scratch_.clear();
    append_key(reader_.type(), values, join_key_, &scratch_);
    keyed.join_key_bytes = static_cast<uint32_t>(scratch_.size());
    append_key(reader_.type(), values, other_key_, &scratch_);
    keyed.key = out.arena_.copy(scratch_);
    out.deltas_.push_back(keyed);
  }
  return Ok{};
}

// What goes is taken out before what comes: in a consolidated batch a key has at most one of each.
void Arrangement::apply(const KeyedBatch& batch) {
  for (const KeyedDelta& keyed : batch.deltas()) {
    if (keyed.joinable && keyed.delta.diff < 0) table_.erase(keyed.key, keyed.join_key_bytes);
  }
  for (const KeyedDelta& keyed : batch.deltas()) {
    if (keyed.joinable && keyed.delta.diff > 0) {
      table_.put(keyed.key, keyed.join_key_bytes, keyed.delta.row);
    }
  }
}

Status Arrangement::probe(std::span<const std::string_view> join_keys, const Match& match) const {
  if (join_keys.empty()) return Ok{};
  if (other_key_.empty()) return table_.get(join_keys, match);
  return table_.scan_groups(
      join_keys, [&](size_t index, std::string_view, std::string_view row) { match(index, row); });
}

}  // namespace leat::joins
