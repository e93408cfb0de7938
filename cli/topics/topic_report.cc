#include "cli/topics/topic_report.h"

#include <algorithm>

#include "cli/text/nearest.h"
#include "cli/text/table.h"
#include "cli/text/units.h"
#include "cli/topics/setting_text.h"

namespace leat::cli {
namespace {

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

TopicReport report_of(const log::ChangeLog& log, const log::TopicState& topic) {
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
  for (const log::PartitionState& partition : generation->partitions) {
    report.partitions.push_back({partition.start.value(), partition.end.value(),
                                 partition.cleaned_horizon.value(), partition.bytes,
                                 partition.damage});
  }
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

std::vector<TopicReport> topic_reports(const log::ChangeLog& log) {
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

Result<TopicReport> topic_report(const log::LocalLog& log, const std::string& name) {
  auto state = log.state();
  const log::TopicState* topic = state->find(name);
  if (topic == nullptr) return unknown_topic(*state, name);
  TopicReport report = report_of(log, *topic);
  for (const auto& [reader, cut] : log.reader_floors()) {
    uint64_t behind = state->cut > cut ? state->cut.since(cut) : 0;
    report.readers.push_back({reader, cut.value(), behind});
  }
  return report;
}

std::string topic_list_text(const std::vector<TopicReport>& topics) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& topic : topics) {
    bool damaged = std::any_of(topic.partitions.begin(), topic.partitions.end(),
                               [](const auto& partition) { return !partition.damage.empty(); });
    rows.push_back({topic.name, topic.kind, damaged ? topic.state + ", damaged" : topic.state,
                    count_text(topic.records()), bytes_text(topic.bytes()),
                    std::to_string(topic.partitions.size()), count_text(topic.since_cut)});
  }
  return aligned_table({"TOPIC", "KIND", "STATE", "RECORDS", "SIZE", "PARTITIONS", "SINCE CUT"},
                       rows,
                       {Align::left, Align::left, Align::left, Align::right, Align::right,
                        Align::right, Align::right});
}

namespace {

std::string settings_text(const TopicReport& topic) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& setting : topic.settings) rows.push_back({setting.name, setting.value});
  return aligned_table({"SETTING", "VALUE"}, rows);
}

std::string readers_text(const TopicReport& topic) {
  if (topic.readers.empty()) return "";
  std::vector<std::vector<std::string>> rows;
  for (const auto& reader : topic.readers) {
    rows.push_back({reader.name, count_text(reader.cut), count_text(reader.behind)});
  }
  return aligned_table({"READER", "PASSED CUT", "CUTS BEHIND"}, rows,
                       {Align::left, Align::right, Align::right});
}

}  // namespace

std::string topic_text(const TopicReport& topic) {
  std::string out = topic.name + " · " + topic.kind + " · generation " +
                    std::to_string(topic.generation) + " · " + topic.state + " since cut " +
                    count_text(topic.since_cut) + " · " + count_text(topic.records()) +
                    " records, " + bytes_text(topic.bytes()) + "\n";
  if (!topic.reason.empty()) out += "stopped: " + topic.reason + "\n";
  std::vector<std::vector<std::string>> columns, partitions;
  for (const auto& column : topic.columns) {
    std::string notes = column.key ? "key" : column.nullable ? "" : "not null";
    columns.push_back({column.name, column.type, notes});
  }
  for (size_t i = 0; i < topic.partitions.size(); ++i) {
    const auto& partition = topic.partitions[i];
    partitions.push_back({std::to_string(i), count_text(static_cast<uint64_t>(partition.start)),
                          count_text(static_cast<uint64_t>(partition.end)),
                          count_text(static_cast<uint64_t>(partition.cleaned_horizon)),
                          bytes_text(partition.bytes), partition.damage});
  }
  out += aligned_table({"COLUMN", "TYPE", ""}, columns);
  out += aligned_table(
      {"PARTITION", "START", "END", "CLEANED TO", "SIZE", ""}, partitions,
      {Align::right, Align::right, Align::right, Align::right, Align::right, Align::left});
  return out + settings_text(topic) + readers_text(topic);
}

}  // namespace leat::cli
