#include "cli/topics/topic_report.h"

#include <algorithm>

#include "cli/text/nearest.h"
#include "cli/text/table.h"
#include "cli/text/units.h"

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
  report.state = topic.current ? "ready" : "filling";
  if (topic.stopped_reason) {
    report.state = "stopped";
    report.reason = *topic.stopped_reason;
  }
  const auto& generation = topic.current ? topic.current : topic.filling;
  if (!generation) return report;
  report.since_cut = generation->since.value();
  if (auto schema = log.schema(generation->schema)) add_columns(*schema, &report);
  for (const log::PartitionState& partition : generation->partitions) {
    report.partitions.push_back(
        {partition.start.value(), partition.end.value(), partition.bytes, partition.damage});
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

Result<TopicReport> topic_report(const log::ChangeLog& log, const std::string& name) {
  auto state = log.state();
  const log::TopicState* topic = state->find(name);
  if (topic == nullptr) return unknown_topic(*state, name);
  return report_of(log, *topic);
}

std::string topic_list_text(const std::vector<TopicReport>& topics) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& topic : topics) {
    rows.push_back({topic.name, topic.state, count_text(topic.records()), bytes_text(topic.bytes()),
                    std::to_string(topic.partitions.size()), count_text(topic.since_cut)});
  }
  return aligned_table(
      {"TOPIC", "STATE", "RECORDS", "SIZE", "PARTITIONS", "SINCE CUT"}, rows,
      {Align::left, Align::left, Align::right, Align::right, Align::right, Align::right});
}

std::string topic_text(const TopicReport& topic) {
  std::string out = topic.name + " · " + topic.state + " since cut " + count_text(topic.since_cut) +
                    " · " + count_text(topic.records()) + " records, " + bytes_text(topic.bytes()) +
                    "\n";
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
                          bytes_text(partition.bytes), partition.damage});
  }
  out += aligned_table({"COLUMN", "TYPE", ""}, columns);
  out += aligned_table({"PARTITION", "START", "END", "SIZE", ""}, partitions,
                       {Align::right, Align::right, Align::right, Align::right, Align::left});
  return out;
}

}  // namespace leat::cli
