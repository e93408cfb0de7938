#include "cdc/row_store.h"

#include <utility>

#include "log/base/bytes.h"
#include "log/base/check.h"
#include "log/model/change.h"

namespace leat::cdc {
namespace {

constexpr size_t kReplayBytes = 1 << 20;
constexpr uint8_t kPositionFormat = 2;
// So many rows are put between two looks at the memory they take.
constexpr size_t kPutsAtATime = 1024;

// Names end in a dot, so that none is a prefix of another.
std::string table_name(GenerationId generation) {
  return "rows." + std::to_string(generation.value()) + ".";
}

}  // namespace

Result<std::unique_ptr<RowStore>> RowStore::open(const RowStoreOptions& options) {
  if (!options.overlay_dir.empty()) {
    LEAT_RETURN_IF_ERROR(RowOverlay::remove_leftovers(options.overlay_dir));
  }
  store::StateUnitOptions unit_options;
  unit_options.store = options.store;
  unit_options.state_table = options.table;
  unit_options.resident_bytes_max = options.resident_bytes_max;
  unit_options.buffered_bytes_max = options.buffered_bytes_max;
  LEAT_ASSIGN_OR_RETURN(auto unit, store::StateUnit::open(unit_options));
  std::unique_ptr<RowStore> out(new RowStore(options, std::move(unit)));
  LEAT_ASSIGN_OR_RETURN(Position stored, decode(out->unit_->stored_position()));
  out->progress_ = std::move(stored.progress);
  return out;
}

Status RowStore::recover(log::ChangeLog& log, const TableSet& tables) {
  overlay_.reset();
  log_before_.reset();
  auto before = log.state();
  LEAT_RETURN_IF_ERROR(take_from_log(log, tables));
  // It ends: a log that compaction may pass is paused, so it does not grow meanwhile.
  while (forget_rewritten(*before, *log.state())) {
    before = log.state();
    LEAT_RETURN_IF_ERROR(take_from_log(log, tables));
  }
  set_floor_as_flushed(log);
  request_flush();
  return Ok();
}

Status RowStore::take_from_log(log::ChangeLog& log, const TableSet& tables) {
  forget_overtaken(*log.state());
  LEAT_ASSIGN_OR_RETURN(Position flushed, decode(unit_->flushed_position()));
  recovering_from_ = flushed.cut;
  Progress kept;
  for (const CapturedTable& table : tables) {
    if (!table.needs_row_store || table.stopped_reason) continue;
    auto known = progress_.find(table.generation);
    auto partitions = static_cast<size_t>(table.partition_count);
    kept[table.generation] = known == progress_.end() ? Offsets(partitions) : known->second;
    kept[table.generation].resize(partitions);
    // While it is read from the start nothing of it should be compacted.
    if (known == progress_.end()) recovering_from_ = CutId(0);
  }
  set_floor(log, kept.empty() ? log::kNeedsNothing : recovering_from_);
  LEAT_RETURN_IF_ERROR(drop_all_but(kept));
  progress_ = std::move(kept);
  for (auto& [generation, offsets] : progress_) {
    LEAT_RETURN_IF_ERROR(replay(log, generation, offsets.size()));
  }
  return Ok();
}

// A record that was read may have lost the deletion that followed it before that was read, too.
bool RowStore::forget_rewritten(const log::LogState& before, const log::LogState& now) {
  std::map<GenerationId, uint64_t> rewrites;
  for (const auto& topic : before.topics) {
    if (topic->current) rewrites[topic->current->id] = topic->current->rewrites;
  }
  size_t known = progress_.size();
  for (const auto& topic : now.topics) {
    if (!topic->current || topic->current->rewrites == rewrites[topic->current->id]) continue;
    tables_.erase(topic->current->id);
    progress_.erase(topic->current->id);
  }
  return progress_.size() < known;
}

// What compaction has rewritten since may lack the deletion of a row that is here: the store was
// detached from the log (it lagged too far behind), or had not registered yet.
void RowStore::forget_overtaken(const log::LogState& state) {
  for (const auto& topic : state.topics) {
    for (const auto* generation : {&topic->current, &topic->filling}) {
      if (!*generation) continue;
      auto known = progress_.find((*generation)->id);
      if (known == progress_.end()) continue;
      bool is_overtaken = false;
      for (size_t i = 0; i < known->second.size() && i < (*generation)->partitions.size(); ++i) {
        is_overtaken |= known->second[i] < (*generation)->partitions[i].cleaned_horizon;
      }
      if (!is_overtaken) continue;
      tables_.erase(known->first);
      progress_.erase(known);
    }
  }
}

Status RowStore::drop_all_but(const Progress& kept) {
  for (const std::string& name : unit_->table_names()) {
    bool is_kept = false;
    for (const auto& [generation, offsets] : kept) {
      bool is_known = progress_.count(generation) != 0 || tables_.count(generation) != 0;
      is_kept |= is_known && name == table_name(generation);
    }
    if (!is_kept) LEAT_RETURN_IF_ERROR(unit_->erase_tables(name));
  }
  tables_.clear();
  return Ok();
}

Status RowStore::replay(log::ChangeLog& log, GenerationId generation, size_t partition_count) {
  for (size_t i = 0; i < partition_count; ++i) {
    PartitionId partition{generation, PartitionIndex(static_cast<int32_t>(i))};
    LEAT_RETURN_IF_ERROR(replay_partition(log, partition, &progress_[generation][i]));
  }
  return Ok();
}

Status RowStore::replay_partition(log::ChangeLog& log, PartitionId partition, Offset* from) {
  LEAT_ASSIGN_OR_RETURN(auto reader, log.read_partition(partition, *from));
  while (true) {
    LEAT_ASSIGN_OR_RETURN(auto records, reader->next(kReplayBytes));
    if (records.empty()) return Ok();
    for (const log::RecordView& record : records) {
      if (!record.value) {
        LEAT_RETURN_IF_ERROR(erase(partition.generation, record.key));
        continue;
      }
      LEAT_ASSIGN_OR_RETURN(RowImage image, decode_change_value(*record.value));
      LEAT_RETURN_IF_ERROR(put(partition.generation, record.key, image.row));
    }
    *from = records.back().offset.next();
    if (!wants_flush()) continue;
    LEAT_RETURN_IF_ERROR(unit_->begin_flush(encode({recovering_from_, progress_})));
  }
}

Result<store::BufferedTable*> RowStore::table(GenerationId generation) {
  auto found = tables_.find(generation);
  if (found != tables_.end()) return found->second;
  LEAT_ASSIGN_OR_RETURN(store::BufferedTable * made,
                        unit_->table(table_name(generation), store::Grouping::by_key));
  tables_[generation] = made;
  return made;
}

Status RowStore::find(GenerationId generation, std::span<const std::string_view> keys,
                      const Found& found) {
  LEAT_ASSIGN_OR_RETURN(store::BufferedTable * in, table(generation));
  if (overlay_ == nullptr) return in->get(keys, found);
  std::vector<bool> is_decided(keys.size());
  LEAT_RETURN_IF_ERROR(
      overlay_->find(generation, keys, [&](size_t i, std::optional<std::string_view> row) {
        is_decided[i] = true;
        if (row) found(i, *row);
      }));
  return in->get(keys, [&](size_t i, std::string_view row) {
    if (!is_decided[i]) found(i, row);
  });
}

Status RowStore::begin_large_transaction(const log::ChangeLog& log) {
  if (overlay_ == nullptr) log_before_ = log_ends(*log.state());
  return Ok();
}

RowStore::Progress RowStore::log_ends(const log::LogState& state) const {
  Progress ends;
  for (const auto& topic : state.topics) {
    for (const auto* generation : {&topic->current, &topic->filling}) {
      if (!*generation) continue;
      Offsets& offsets = ends[(*generation)->id];
      for (const auto& partition : (*generation)->partitions) offsets.push_back(partition.end);
    }
  }
  return ends;
}

Status RowStore::check_room() {
  if (!log_before_ || options_.overlay_dir.empty() || ++puts_ % kPutsAtATime != 0) return Ok();
  if (unit_->stats().memory_bytes <= options_.large_bytes_max) return Ok();
  LEAT_ASSIGN_OR_RETURN(overlay_, RowOverlay::open(options_.overlay_dir));
  return Ok();
}

Status RowStore::catch_up(log::ChangeLog& log, const TableSet& tables) {
  progress_ = *std::exchange(log_before_, std::nullopt);
  return recover(log, tables);
}

Status RowStore::put(GenerationId generation, std::string_view key, std::string_view row) {
  if (overlay_ != nullptr) return overlay_->put(generation, key, row);
  LEAT_ASSIGN_OR_RETURN(store::BufferedTable * to, table(generation));
  to->put(key, 0, row);
  return check_room();
}

Status RowStore::erase(GenerationId generation, std::string_view key) {
  if (overlay_ != nullptr) return overlay_->erase(generation, key);
  LEAT_ASSIGN_OR_RETURN(store::BufferedTable * from, table(generation));
  from->erase(key, 0);
  return check_room();
}

void RowStore::request_flush() {
  unit_->request_flush();
}

bool RowStore::wants_flush() {
  return unit_->wants_flush();
}

Status RowStore::begin_flush(log::ChangeLog& log, const TableSet& tables) {
  auto state = log.state();
  log_before_.reset();
  Progress ends = log_ends(*state);
  Progress now;
  for (const CapturedTable& table : tables) {
    auto of_table = ends.find(table.generation);
    bool is_kept = table.needs_row_store && !table.stopped_reason;
    if (is_kept && of_table != ends.end()) now.insert(*of_table);
  }
  progress_ = now;
  LEAT_RETURN_IF_ERROR(drop_all_but(now));
  // Waits for the flush before it.
  LEAT_RETURN_IF_ERROR(unit_->begin_flush(encode({state->cut, now})));
  note_flush_end(log);
  return Ok();
}

Status RowStore::wait_flush(log::ChangeLog& log) {
  LEAT_RETURN_IF_ERROR(unit_->wait_flush());
  note_flush_end(log);
  return Ok();
}

void RowStore::note_flush_end(log::ChangeLog& log) {
  if (unit_->flushed_position() != noted_flush_) set_floor_as_flushed(log);
}

void RowStore::set_floor_as_flushed(log::ChangeLog& log) {
  noted_flush_ = unit_->flushed_position();
  auto position = decode(noted_flush_);
  LEAT_CHECK(position.ok());
  // Rows that are not on disk are read anew from whatever the log holds then.
  set_floor(log, position->progress.empty() ? log::kNeedsNothing : position->cut);
}

void RowStore::set_floor(log::ChangeLog& log, CutId cut) {
  log.set_reader_floor(options_.reader_name, cut, log::Hold::while_there_is_room);
}

std::string RowStore::encode(const Position& position) {
  std::string out(1, static_cast<char>(kPositionFormat));
  append_varint(&out, position.cut.value());
  append_varint(&out, position.progress.size());
  for (const auto& [generation, offsets] : position.progress) {
    append_varint(&out, generation.value());
    append_varint(&out, offsets.size());
    for (Offset offset : offsets) append_varint(&out, static_cast<uint64_t>(offset.value()));
  }
  return out;
}

// Empty: nothing was flushed yet.
Result<RowStore::Position> RowStore::decode(std::string_view bytes) {
  Position out;
  if (bytes.empty()) return out;
  ByteReader in(bytes);
  bool known = in.u8() == kPositionFormat;
  out.cut = CutId(in.varint());
  for (uint64_t left = in.varint(); known && left > 0 && in.ok(); --left) {
    Offsets& offsets = out.progress[GenerationId(in.varint())];
    for (uint64_t n = in.varint(); n > 0 && in.ok(); --n) {
      offsets.push_back(Offset(static_cast<int64_t>(in.varint())));
    }
  }
  if (known && in.done()) return out;
  return Error::permanent("the row store's position is of an unknown format");
}

}  // namespace leat::cdc
