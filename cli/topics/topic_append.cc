#include "cli/topics/topic_append.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "cli/topics/json_record.h"
#include "cli/topics/topic_report.h"
#include "log/base/bytes.h"
#include "log/base/hash.h"
#include "log/model/change.h"

namespace leat::cli {
namespace {

constexpr std::chrono::milliseconds kLookEvery{200};
constexpr int kLooksMax = 300;  // a minute

Result<const log::GenerationState*> open_stream(const log::LogState& state,
                                                const std::string& name) {
  const log::TopicState* topic = state.find(name);
  if (topic == nullptr || name.starts_with("leat.")) return unknown_topic(state, name);
  if (topic->kind != log::TopicKind::stream) {
    return Error::permanent(name +
                            " is a table topic, which follows a table of a source; only stream "
                            "topics are appended to: leat topic create NAME --columns …");
  }
  if (topic->current) return &*topic->current;
  return Error::permanent(name + " is not filled yet; see: leat topic describe " + name);
}

// The transaction's number: how many records the topic had before it. So it rises from one batch to
// the next, over restarts too, and the commit order of all partitions can be told from it.
uint64_t records_before(const log::GenerationState& generation) {
  int64_t sum = 0;
  for (const auto& partition : generation.partitions) sum += partition.end.value();
  return static_cast<uint64_t>(sum);
}

size_t emptiest_partition(const log::GenerationState& generation) {
  const auto& partitions = generation.partitions;
  auto least = std::min_element(partitions.begin(), partitions.end(),
                                [](const auto& a, const auto& b) { return a.end < b.end; });
  return static_cast<size_t>(least - partitions.begin());
}

// Makes one commit unit of lines.
class Batch {
 public:
  Batch(const log::GenerationState& generation, const Schema& schema, int64_t now_us)
      : generation_(generation), reader_(schema), is_keyed_(!schema.key_columns.empty()) {
    buffers_.resize(generation.partitions.size());
    keyless_partition_ = emptiest_partition(generation);
    header_.transaction_id = records_before(generation) + 1;  // 0 is a snapshot's
    header_.commit_time_us = now_us;
    append_be<uint64_t>(&position_, header_.transaction_id);
    header_.commit_position = position_;
  }

  Status add(std::string_view line) {
    LEAT_RETURN_IF_ERROR(reader_.read(line));
    value_.clear();
    append_change_value({generation_.schema, reader_.row()}, &value_);
    header_bytes_.clear();
    append_change_header(header_, &header_bytes_);
    ++header_.index;
    buffers_[partition()].add(header_.commit_time_us / 1000, reader_.key(), value_, header_bytes_);
    return {};
  }

  uint64_t records() const { return header_.index; }
  log::CommitUnit take() {
    log::CommitUnit unit;
    for (size_t i = 0; i < buffers_.size(); ++i) {
      if (buffers_[i].empty()) continue;
      PartitionIndex index(static_cast<int32_t>(i));
      unit.appends.push_back({{generation_.id, index}, std::move(buffers_[i])});
    }
    return unit;
  }

 private:
  // Without a key a batch stays together, and the partitions are filled in turn.
  size_t partition() const {
    if (!is_keyed_) return keyless_partition_;
    return static_cast<size_t>(
        kafka_partition_of(reader_.key(), static_cast<int32_t>(buffers_.size())));
  }

  const log::GenerationState& generation_;
  JsonRecordReader reader_;
  const bool is_keyed_;
  size_t keyless_partition_;
  std::vector<log::RecordBuffer> buffers_;
  std::string position_;
  ChangeHeader header_;
  std::string value_;
  std::string header_bytes_;
};

// Where the disk is full it takes until there is room.
Status wait_durable(log::ChangeLog& log, log::Ticket ticket, const std::function<bool()>& closing) {
  for (int i = 0; i < kLooksMax && !closing(); ++i) {
    LEAT_ASSIGN_OR_RETURN(bool durable, log.wait_durable(ticket, kLookEvery));
    if (durable) return {};
  }
  return Error::transient(
      "it was not committed in time (is the disk full? leat status says so); it may still be");
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

Status add_lines(std::string_view lines, uint64_t line_number, Batch* batch) {
  for (; !lines.empty(); ++line_number) {
    size_t end = std::min(lines.find('\n'), lines.size());
    std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (is_blank(line)) continue;
    Status added = batch->add(line);
    if (!added.ok()) return added.error().in("line " + std::to_string(line_number));
  }
  return {};
}

}  // namespace

Result<uint64_t> TopicAppender::append(const std::string& topic, std::string_view lines,
                                       uint64_t first_line, const std::function<bool()>& closing) {
  std::lock_guard lock(appending_);  // until the next batch can see this one's ends
  if (std::string why = log_.health().paused_reason; !why.empty()) {
    return Error::permanent("the log takes nothing now: " + why + "; try again when there is room");
  }
  auto state = log_.state();
  LEAT_ASSIGN_OR_RETURN(const log::GenerationState* generation, open_stream(*state, topic));
  auto schema = log_.schema(generation->schema);
  if (!schema) return Error::permanent(topic + ": its columns are not known");
  Batch batch(*generation, *schema, clock_.unix_us());
  LEAT_RETURN_IF_ERROR(add_lines(lines, first_line, &batch));
  if (batch.records() == 0) return uint64_t{0};
  LEAT_ASSIGN_OR_RETURN(log::Ticket ticket, log_.submit(batch.take()));
  LEAT_RETURN_IF_ERROR(wait_durable(log_, ticket, closing));
  return batch.records();
}

}  // namespace leat::cli
