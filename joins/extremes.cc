#include "joins/extremes.h"

#include "log/base/bytes.h"
#include "log/model/key.h"
#include "log/model/row.h"

namespace leat::joins {
namespace {

Error unreadable() {
  return Error::permanent("the state of min or max cannot be read");
}

constexpr size_t kExpectedValues = 1024;

}  // namespace

Result<std::unique_ptr<Extremes>> Extremes::open(StateUnit& state, const std::string& name,
                                                 AggregateFunction function, Type argument) {
  LEAT_ASSIGN_OR_RETURN(auto* values, state.table(name + "/values", store::Grouping::by_group));
  LEAT_ASSIGN_OR_RETURN(auto* best, state.table(name + "/best", store::Grouping::by_key));
  return std::unique_ptr<Extremes>(new Extremes(function, argument, *values, *best));
}

void Extremes::start(std::span<const std::string_view> group_keys) {
  group_keys_ = group_keys;
  arena_.clear();
  changes_.clear();
  bests_.assign(group_keys.size(), Best());
  by_value_.start(kExpectedValues);
}

void Extremes::add(size_t group, const Datum& value, int32_t diff) {
  scratch_ = group_keys_[group];
  append_key_field(type_[0].id, value, &scratch_);
  const size_t row_at = scratch_.size();
  append_row(type_, {&value, 1}, &scratch_);
  const size_t change = by_value_.add(arena_.copy(scratch_));
  if (change == changes_.size()) {
    changes_.push_back(
        {static_cast<uint32_t>(group), static_cast<uint32_t>(scratch_.size() - row_at), 0, 0});
  }
  changes_[change].diff += diff;
}

Status Extremes::finish() {
  LEAT_RETURN_IF_ERROR(load_counts());
  LEAT_RETURN_IF_ERROR(load_best());
  apply_changes();
  find_best_among_changes();
  LEAT_RETURN_IF_ERROR(find_lost_again());
  store_best();
  return Ok{};
}

Status Extremes::load_counts() {
  bool readable = true;
  auto take = [&](size_t index, std::string_view stored) {
    ByteReader reader(stored);
    changes_[index].count = static_cast<int64_t>(reader.varint());
    readable &= reader.ok();
  };
  LEAT_RETURN_IF_ERROR(values_.get(by_value_.keys(), take));
  return readable ? Status() : unreadable();
}

Status Extremes::load_best() {
  bool readable = true;
  auto take = [&](size_t group, std::string_view stored) {
    ByteReader reader(stored);
    bests_[group].row_bytes = static_cast<uint32_t>(reader.varint());
    bests_[group].suffix = arena_.copy(reader.rest());
    readable &= reader.ok() && bests_[group].row_bytes < bests_[group].suffix.size();
  };
  LEAT_RETURN_IF_ERROR(best_.get(group_keys_, take));
  return readable ? Status() : unreadable();
}

void Extremes::apply_changes() {
  for (size_t i = 0; i < changes_.size(); ++i) {
    Change& change = changes_[i];
    if (change.diff == 0) continue;
    change.count += change.diff;
    const size_t group_bytes = group_keys_[change.group].size();
    if (change.count == 0) {
      values_.erase(by_value_.keys()[i], group_bytes);
      continue;
    }
    std::string stored;
    append_varint(&stored, static_cast<uint64_t>(change.count));
    append_varint(&stored, change.row_bytes);
    values_.put(by_value_.keys()[i], group_bytes, stored);
  }
}

void Extremes::find_best_among_changes() {
  for (size_t i = 0; i < changes_.size(); ++i) {
    const Change& change = changes_[i];
    Best& best = bests_[change.group];
    const std::string_view suffix = suffix_of(i, change.group);
    if (change.count == 0 && suffix == best.suffix) best.lost = true;
    if (change.count > 0 && is_better(suffix, best.suffix)) {
      best = {suffix, change.row_bytes, false, true};
    }
  }
}

// Where the best is gone and nothing better came, the next one is somewhere in the group.
Status Extremes::find_lost_again() {
  std::vector<size_t> groups;
  std::vector<std::string_view> keys;
  for (size_t group = 0; group < bests_.size(); ++group) {
    if (!bests_[group].lost) continue;
    bests_[group] = {{}, 0, false, true};
    groups.push_back(group);
    keys.push_back(group_keys_[group]);
  }
  bool readable = true;
  auto take = [&](size_t index, std::string_view key, std::string_view stored) {
    Best& best = bests_[groups[index]];
    const std::string_view suffix = key.substr(keys[index].size());
    if (!is_better(suffix, best.suffix)) return;
    ByteReader reader(stored);
    reader.varint();
    const auto row_bytes = static_cast<uint32_t>(reader.varint());
    readable &= reader.done() && row_bytes < suffix.size();
    best = {arena_.copy(suffix), row_bytes, false, true};
  };
  LEAT_RETURN_IF_ERROR(values_.scan_groups(keys, take));
  return readable ? Status() : unreadable();
}

void Extremes::store_best() {
  for (size_t group = 0; group < bests_.size(); ++group) {
    const Best& best = bests_[group];
    if (!best.changed) continue;
    if (best.suffix.empty()) {
      best_.erase(group_keys_[group], 0);
      continue;
    }
    std::string stored;
    append_varint(&stored, best.row_bytes);
    stored.append(best.suffix);
    best_.put(group_keys_[group], 0, stored);
  }
}

Result<Datum> Extremes::best(size_t group) const {
  const Best& best = bests_[group];
  if (best.suffix.empty()) return Datum::null();
  Datum out;
  LEAT_RETURN_IF_ERROR(
      decode_row(type_, best.suffix.substr(best.suffix.size() - best.row_bytes), {&out, 1}));
  return out;
}

}  // namespace leat::joins
