// What `leat topic list` and `leat topic describe` print.
#include <algorithm>

#include "cli/text/table.h"
#include "cli/text/units.h"
#include "cli/topics/topic_report.h"

namespace leat::cli {
namespace {

// "clean", or "61 % dirty, due".
std::string compaction_state(const TopicReport& topic) {
  uint64_t dirty = 0, held_back = 0;
  bool due = false;
  for (const auto& partition : topic.partitions) {
    dirty += partition.dirty_bytes;
    held_back += partition.held_back_bytes;
    due = due || partition.compaction_due;
  }
  std::string out = topic.kind == "stream" ? "–" : "clean";
  if (dirty > 0) out = percent_text(dirty, topic.bytes()) + " dirty";
  if (due) out += ", due";
  return held_back > 0 ? out + ", held back" : out;
}

std::string state_of(const TopicReport& topic) {
  bool damaged = std::any_of(topic.partitions.begin(), topic.partitions.end(),
                             [](const auto& partition) { return !partition.damage.empty(); });
  return damaged ? topic.state + ", damaged" : topic.state;
}

std::string columns_text(const TopicReport& topic) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& column : topic.columns) {
    rows.push_back({column.name, column.type,
                    column.key        ? "key"
                    : column.nullable ? ""
                                      : "not null"});
  }
  return aligned_table({"COLUMN", "TYPE", ""}, rows);
}

std::string partitions_text(const TopicReport& topic) {
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < topic.partitions.size(); ++i) {
    const auto& partition = topic.partitions[i];
    rows.push_back({std::to_string(i), count_text(static_cast<uint64_t>(partition.start)),
                    count_text(static_cast<uint64_t>(partition.end)),
                    count_text(static_cast<uint64_t>(partition.cleaned_horizon)),
                    count_text(partition.segments), bytes_text(partition.bytes),
                    bytes_text(partition.dirty_bytes), bytes_text(partition.held_back_bytes),
                    partition.damage});
  }
  std::vector<Align> align(8, Align::right);
  return aligned_table(
      {"PARTITION", "START", "END", "CLEANED TO", "SEGMENTS", "SIZE", "DIRTY", "HELD BACK", ""},
      rows, align);
}

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

std::string topic_list_text(const std::vector<TopicReport>& topics) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& topic : topics) {
    uint64_t segments = 0;
    for (const auto& partition : topic.partitions) segments += partition.segments;
    rows.push_back({topic.name, topic.kind, state_of(topic), count_text(topic.records()),
                    bytes_text(topic.bytes()), count_text(segments),
                    std::to_string(topic.partitions.size()), count_text(topic.since_cut),
                    compaction_state(topic)});
  }
  return aligned_table({"TOPIC", "KIND", "STATE", "RECORDS", "SIZE", "SEGMENTS", "PARTITIONS",
                        "SINCE CUT", "COMPACTION"},
                       rows,
                       {Align::left, Align::left, Align::left, Align::right, Align::right,
                        Align::right, Align::right, Align::right, Align::left});
}

std::string topic_text(const TopicReport& topic) {
  std::string out = topic.name + " · " + topic.kind + " · generation " +
                    std::to_string(topic.generation) + " · " + topic.state + " since cut " +
                    count_text(topic.since_cut) + " · " + count_text(topic.records()) +
                    " records, " + bytes_text(topic.bytes()) + "\n";
  if (!topic.reason.empty()) out += "stopped: " + topic.reason + "\n";
  return out + columns_text(topic) + partitions_text(topic) + settings_text(topic) +
         readers_text(topic);
}

}  // namespace leat::cli
