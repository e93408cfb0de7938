#include "cli/topics/topic_history.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "cli/topics/topic_report.h"
#include "log/base/bytes.h"
#include "log/model/change.h"

namespace leat::cli {
namespace {

constexpr size_t kReadBytes = 256 << 10;

// Compares as the commit order does: the snapshot's rows, then by position and index.
Result<std::string> order_of(const log::RecordView& record) {
  LEAT_ASSIGN_OR_RETURN(ChangeHeader header, decode_change_header(record.change_header));
  std::string order(header.transaction_id == 0 ? "\0" : "\1", 1);
  order += header.commit_position;
  append_be<uint64_t>(&order, header.index);
  return order;
}

const log::GenerationState* find_retired(const log::LogState& state, GenerationId id) {
  for (const auto& retired : state.retired) {
    if (retired->generation.id == id) return &retired->generation;
  }
  return nullptr;
}

}  // namespace

Result<TopicHistory> TopicHistory::open(log::ChangeLog& log, const std::string& topic,
                                        HistoryStart from) {
  TopicHistory history(log, topic, from);
  auto state = log.state();
  if (state->find(topic) == nullptr) return unknown_topic(*state, topic);
  return history;
}

Result<std::vector<Offset>> TopicHistory::starts_of(const log::GenerationState& generation) {
  if (from_.time_ms) return log_->offsets_at_time(generation.id, *from_.time_ms);
  if (from_.cut >= generation.since && from_.cut > CutId(0)) {
    return log_->offsets_at(generation.id, from_.cut);
  }
  bool is_first = generation_ == GenerationId();
  return std::vector<Offset>(generation.partitions.size(), is_first ? from_.offset : Offset(0));
}

Status TopicHistory::enter(const log::GenerationState& generation) {
  if (from_.partition &&
      static_cast<size_t>(from_.partition->value()) >= generation.partitions.size()) {
    return Error::permanent(fmt::format("topic {} has no partition {}: they are 0 to {}", topic_,
                                        from_.partition->value(),
                                        generation.partitions.size() - 1));
  }
  LEAT_ASSIGN_OR_RETURN(std::vector<Offset> starts, starts_of(generation));
  generation_ = generation.id;
  schema_ = generation.schema;
  drained_ = false;
  cursors_.clear();
  for (size_t i = 0; i < generation.partitions.size(); ++i) {
    PartitionId id{generation.id, PartitionIndex(static_cast<int32_t>(i))};
    if (from_.partition && *from_.partition != id.index) continue;
    Cursor cursor;
    cursor.partition = id.index;
    LEAT_ASSIGN_OR_RETURN(cursor.reader, log_->read_partition(id, starts[i]));
    cursors_.push_back(std::move(cursor));
  }
  return {};
}

void TopicHistory::aim_at(const log::GenerationState& generation) {
  for (Cursor& cursor : cursors_) {
    cursor.end = generation.partitions[static_cast<size_t>(cursor.partition.value())].end;
  }
}

// A newer cut: its ends for the generation at hand. One that was replaced is first given to its own
// end; the next call goes on with the new one.
Result<bool> TopicHistory::advance_target() {
  auto state = log_->state();
  if (state->cut == target_) return false;
  const log::TopicState* topic = state->find(topic_);
  const log::GenerationState* retired = find_retired(*state, generation_);
  if (retired != nullptr && !drained_) {
    drained_ = true;
    aim_at(*retired);
    return true;
  }
  if (topic == nullptr) return Error::permanent("topic " + topic_ + " was deleted");
  target_ = state->cut;
  if (!topic->current) return false;
  if (topic->current->id != generation_) LEAT_RETURN_IF_ERROR(enter(*topic->current));
  aim_at(*topic->current);
  return true;
}

Result<bool> TopicHistory::ready(Cursor& cursor) {
  if (cursor.at == cursor.records.size()) {
    LEAT_ASSIGN_OR_RETURN(cursor.records, cursor.reader->next(kReadBytes));
    cursor.at = 0;
    cursor.order.clear();
  }
  if (cursor.records.empty() || cursor.records[cursor.at].offset >= cursor.end) return false;
  if (cursor.order.empty()) {
    LEAT_ASSIGN_OR_RETURN(cursor.order, order_of(cursor.records[cursor.at]));
  }
  return true;
}

Result<TopicHistory::Cursor*> TopicHistory::first_in_order() {
  Cursor* first = nullptr;
  for (Cursor& cursor : cursors_) {
    LEAT_ASSIGN_OR_RETURN(bool has, ready(cursor));
    if (has && (first == nullptr || cursor.order < first->order)) first = &cursor;
  }
  return first;
}

Result<std::optional<TopicHistory::Entry>> TopicHistory::next() {
  if (given_ != nullptr) {
    ++given_->at;
    given_->order.clear();
    given_ = nullptr;
  }
  for (;;) {
    LEAT_ASSIGN_OR_RETURN(Cursor * first, first_in_order());
    if (first == nullptr) {
      passed_ = std::max(passed_, target_);
      LEAT_ASSIGN_OR_RETURN(bool more, advance_target());
      if (!more) return std::optional<Entry>();
      continue;
    }
    given_ = first;
    return std::optional(Entry{first->partition, first->records[first->at]});
  }
}

}  // namespace leat::cli
