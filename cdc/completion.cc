#include "cdc/completion.h"

#include "log/model/row.h"

namespace leat::cdc {
namespace {

// Above it a table with a deferrable key stops: its transactions cannot be summed in memory.
constexpr size_t kNetEffectBytesMax = 256 << 20;

bool bit_is_set(std::string_view bits, size_t i) {
  return (static_cast<unsigned char>(bits[i / 8]) >> (i % 8) & 1) != 0;
}

std::string_view key_before(const PendingChange& change) {
  return change.old_key.empty() ? change.key : change.old_key;
}

bool needs_image(const PendingChange& change, const CapturedTable& table) {
  bool replaces = change.kind == ChangeKind::update || change.kind == ChangeKind::remove;
  return replaces && table.needs_row_store && !change.before && !table.stopped_reason;
}

const char* why_no_row_before(const CapturedTable& table) {
  if (table.needs_row_store) return "the row that it changes is not among those that were captured";
  return "the row before the change was not sent: the table's REPLICA IDENTITY, or MySQL's "
         "binlog_row_image, is not FULL any more";
}

}  // namespace

Status Completion::add(const Transaction& transaction, ChangeSink* sink) {
  return transaction.for_each_batch(
      [&](const std::vector<PendingChange>& batch) { return complete_batch(batch, sink); });
}

Status Completion::complete_batch(const std::vector<PendingChange>& batch, ChangeSink* sink) {
  for (auto& [table, images] : images_) images.clear();
  arena_.clear();
  LEAT_RETURN_IF_ERROR(load_images(batch));
  for (const PendingChange& change : batch) {
    if ((*tables_)[change.table].stopped_reason) continue;
    LEAT_RETURN_IF_ERROR(complete_change(change, sink));
  }
  return Ok();
}

Status Completion::load_images(const std::vector<PendingChange>& batch) {
  for (const PendingChange& change : batch) {
    if (!needs_image(change, (*tables_)[change.table])) continue;
    images_[change.table].try_emplace(key_before(change));
  }
  for (auto& [table, images] : images_) {
    if (!images.empty()) LEAT_RETURN_IF_ERROR(load_images(table, &images));
  }
  return Ok();
}

Status Completion::load_images(TableIndex table, Images* images) {
  std::vector<std::string_view> keys;
  std::vector<std::optional<std::string_view>*> rows;
  for (auto& [key, row] : *images) {
    keys.push_back(key);
    rows.push_back(&row);
  }
  return rows_->find((*tables_)[table].generation, keys,
                     [&](size_t i, std::string_view row) { *rows[i] = arena_.copy(row); });
}

Status Completion::complete_change(const PendingChange& change, ChangeSink* sink) {
  switch (change.kind) {
    case ChangeKind::truncate:
      truncate(change, sink);
      return Ok();
    case ChangeKind::insert:
      return emit(change, std::nullopt, change.after, sink);
    case ChangeKind::update:
    case ChangeKind::remove:
      return change_row(change, sink);
  }
  return Ok();
}

void Completion::truncate(const PendingChange& change, ChangeSink* sink) {
  net_effects_.erase(change.table);
  images_[change.table].clear();
  sink->truncate(change.table);
}

Status Completion::change_row(const PendingChange& change, ChangeSink* sink) {
  auto before = row_before(change);
  if (!before) {
    stop(change, why_no_row_before((*tables_)[change.table]), sink);
    return Ok();
  }
  auto after = change.after;
  if (after && !change.unchanged.empty()) {
    after = fill_unchanged(change, *before);
    if (!after) {
      stop(change, "the row before the change cannot be read", sink);
      return Ok();
    }
  }
  return emit(change, before, after, sink);
}

Status Completion::emit(const PendingChange& change, std::optional<std::string_view> before,
                        std::optional<std::string_view> after, ChangeSink* sink) {
  const CapturedTable& table = (*tables_)[change.table];
  if (table.key_is_deferrable) {
    add_net_effect(change, before, after, sink);
  } else {
    LEAT_RETURN_IF_ERROR(emit_change(change, before, after, sink));
  }
  if (!table.needs_row_store) return Ok();
  if (!change.old_key.empty()) {
    LEAT_RETURN_IF_ERROR(remember(change.table, change.old_key, std::nullopt));
  }
  return remember(change.table, change.key, after);
}

void Completion::add_net_effect(const PendingChange& change, std::optional<std::string_view> before,
                                std::optional<std::string_view> after, ChangeSink* sink) {
  NetEffect& net = net_effects_[change.table];
  if (before) net.retract(key_before(change), *before);
  if (after) net.insert(change.key, *after);
  if (net.bytes() > kNetEffectBytesMax) {
    stop(change, "its key is deferrable and the transaction is too large to sum in memory", sink);
  }
}

Status Completion::emit_change(const PendingChange& change, std::optional<std::string_view> before,
                               std::optional<std::string_view> after, ChangeSink* sink) {
  if (change.old_key.empty()) return sink->change({change.table, change.key, after, before});
  LEAT_RETURN_IF_ERROR(sink->change({change.table, change.old_key, std::nullopt, before}));
  return sink->change({change.table, change.key, after, std::nullopt});
}

Status Completion::emit_net_effects(ChangeSink* sink) {
  for (const auto& [index, net] : net_effects_) {
    TableIndex table = index;
    Status status;
    bool whole = net.for_each([&](std::string_view key, auto before, auto after) {
      if (status.ok()) status = sink->change({table, key, after, before});
    });
    LEAT_RETURN_IF_ERROR(status);
    if (!whole) sink->stop(table, "two rows have one key at the end of the transaction");
  }
  net_effects_.clear();
  return Ok();
}

std::optional<std::string_view> Completion::row_before(const PendingChange& change) const {
  if (change.before) return change.before;
  auto images = images_.find(change.table);
  if (images == images_.end()) return std::nullopt;
  auto found = images->second.find(key_before(change));
  return found == images->second.end() ? std::nullopt : found->second;
}

std::optional<std::string_view> Completion::fill_unchanged(const PendingChange& change,
                                                           std::string_view before) {
  const RowType& type = (*tables_)[change.table].row_type;
  std::vector<Datum> old_values(type.size());
  std::vector<Datum> values(type.size());
  if (!decode_row(type, before, old_values).ok()) return std::nullopt;
  if (!decode_row(type, *change.after, values).ok()) return std::nullopt;
  for (size_t i = 0; i < type.size(); ++i) {
    if (bit_is_set(change.unchanged, i)) values[i] = old_values[i];
  }
  scratch_.clear();
  append_row(type, values, &scratch_);
  return arena_.copy(scratch_);
}

Status Completion::remember(TableIndex table, std::string_view key,
                            std::optional<std::string_view> row) {
  images_[table][key] = row;
  GenerationId generation = (*tables_)[table].generation;
  return row ? rows_->put(generation, key, *row) : rows_->erase(generation, key);
}

void Completion::stop(const PendingChange& change, std::string reason, ChangeSink* sink) {
  net_effects_.erase(change.table);
  sink->stop(change.table, std::move(reason));
}

}  // namespace leat::cdc
