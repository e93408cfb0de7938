#include "cli/topics/topic_report.h"

#include <algorithm>

#include "cli/text/nearest.h"
#include "cli/text/table.h"
#include "cli/text/units.h"
#include "cli/topics/setting_text.h"
#include "compaction/plan.h"

namespace leat::cli {
namespace {

constexpr std::string_view kRowStorePrefix = "rows.";  // row_table_name

bool is_internal(const std::string& name) {
  return name.starts_with("leat.");
}

void add_columns(const Schema& schema, TopicReport* report) {
  for (size_t i = 0; i < schema.columns.size(); ++i) {
    const Column& column = schema.columns[i];
    const auto& keys = schema.key_columns;
    bool key = std::find(keys.begin(), keys.end(), static_cast<int>(i)) != keys.end();
    report->columns.push_back({column.name, type_name(column.type.id), column.nullable, key});
  }
}

// What lies in the partition's files, and what compaction or retention would do with it now.
void add_files(log::SegmentAccess& access, const log::TopicState& topic, PartitionId id,
               const log::PartitionState& state, TopicPartitionReport* report) {
  auto closed = access.closed_segments(id);
  if (!closed.ok()) return;  // quarantined, or gone meanwhile
  uint64_t closed_bytes = 0;
  for (const log::SegmentState& segment : *closed) closed_bytes += segment.bytes;
  report->segments = closed->size() + (state.bytes > closed_bytes ? 1 : 0);
  compaction::PartitionFacts facts{id, std::move(*closed), state.cleaned_horizon, state.bytes};
  int64_t now_ms = access.clock().unix_us() / 1000;
  compaction::PlanContext context{topic.settings, now_ms, access.floor()};
  if (topic.kind == log::TopicKind::stream) {
    (void)compaction::plan_retention(facts, context, &report->held_back_bytes);
    return;
  }
  compaction::CompactionPlan plan = compaction::plan_compaction(facts, context);
  report->held_back_bytes = plan.held_back_bytes;
  report->dirty_bytes = plan.dirty_bytes + plan.held_back_bytes;
  report->compaction_due = plan.is_due;
}

void add_partitions(log::SegmentAccess& access, const log::TopicState& topic,
                    const log::GenerationState& generation, TopicReport* report) {
  for (size_t i = 0; i < generation.partitions.size(); ++i) {
    const log::PartitionState& state = generation.partitions[i];
    TopicPartitionReport& partition = report->partitions.emplace_back();
    partition.start = state.start.value();
    partition.end = state.end.value();
    partition.cleaned_horizon = state.cleaned_horizon.value();
    partition.bytes = state.bytes;
    partition.damage = state.damage;
    PartitionId id{generation.id, PartitionIndex(static_cast<int32_t>(i))};
    add_files(access, topic, id, state, &partition);
  }
}

TopicReport report_of(log::LocalLog& log, const log::TopicState& topic) {
  TopicReport report;
  report.name = topic.name;
  report.kind = topic.kind == log::TopicKind::table ? "table" : "stream";
  for (auto& [name, value] : topic_settings_text(topic.kind, topic.settings)) {
    report.settings.push_back({name, value});
  }
  report.state = topic.current ? "ready" : "filling";
  if (topic.stopped_reason) {
    report.state = "stopped";
    report.reason = *topic.stopped_reason;
  }
  const auto& generation = topic.current ? topic.current : topic.filling;
  if (!generation) return report;
  report.generation = generation->id.value();
  report.since_cut = generation->since.value();
  if (auto schema = log.schema(generation->schema)) add_columns(*schema, &report);
  add_partitions(log.segments(), topic, *generation, &report);
  return report;
}

}  // namespace

uint64_t TopicReport::records() const {
  uint64_t sum = 0;
  for (const auto& partition : partitions) {
    sum += static_cast<uint64_t>(partition.end - partition.start);
  }
  return sum;
}

uint64_t TopicReport::bytes() const {
  uint64_t sum = 0;
  for (const auto& partition : partitions) sum += partition.bytes;
  return sum;
}

std::vector<TopicReport> topic_reports(log::LocalLog& log) {
  std::vector<TopicReport> reports;
  auto state = log.state();
  for (const auto& topic : state->topics) {
    if (!is_internal(topic->name)) reports.push_back(report_of(log, *topic));
  }
  return reports;
}

Error unknown_topic(const log::LogState& state, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& topic : state.topics) {
    if (!is_internal(topic->name)) names.push_back(topic->name);
  }
  // Whoever leaves out the source or the schema means the only topic that ends so.
  std::vector<std::string> ending;
  for (const auto& known : names) {
    if (known.ends_with("." + name)) ending.push_back(known);
  }
  auto nearest = ending.size() == 1 ? std::optional(ending[0]) : nearest_word(name, names);
  return Error::permanent(
      "there is no topic " + name +
      (nearest ? "; did you mean " + *nearest + "?" : "; see: leat topic list"));
}

Result<TopicReport> topic_report(log::LocalLog& log, const std::string& name) {
  auto state = log.state();
  const log::TopicState* topic = state->find(name);
  if (topic == nullptr) return unknown_topic(*state, name);
  TopicReport report = report_of(log, *topic);
  bool is_paused = !log.health().paused_reason.empty();
  for (const auto& [reader, cut] : log.reader_floors()) {
    // Row stores hold nothing back while there is no room (Hold::while_there_is_room).
    bool yields = is_paused && reader.starts_with(kRowStorePrefix);
    if (cut == log::kNeedsNothing || yields) continue;
    uint64_t behind = state->cut > cut ? state->cut.since(cut) : 0;
    report.readers.push_back({reader, cut.value(), behind});
  }
  return report;
}

}  // namespace leat::cli
