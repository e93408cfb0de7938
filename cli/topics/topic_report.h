// The log's topics as `leat topic list` and `describe` show them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/status.h"
#include "log/local_log.h"

namespace leat::cli {

struct TopicColumnReport {
  std::string name;
  std::string type;
  bool nullable = true;
  bool key = false;
};

struct TopicPartitionReport {
  int64_t start = 0;
  int64_t end = 0;
  int64_t cleaned_horizon = 0;  // below it a key has one record at most
  uint64_t bytes = 0;
  uint64_t segments = 0;
  uint64_t dirty_bytes = 0;      // of a table: closed, and above the horizon
  uint64_t held_back_bytes = 0;  // of them, or of a stream's old ones: a reader has not passed them
  bool compaction_due = false;
  std::string damage;
};

struct TopicSettingReport {
  std::string name;
  std::string value;
};

// Compaction, retention and the removal of old generations wait for the one that is furthest
// behind.
struct LogReaderReport {
  std::string name;
  uint64_t cut = 0;     // that it has passed for good
  uint64_t behind = 0;  // cuts
};

struct TopicReport {
  std::string name;
  std::string kind;    // table, stream
  std::string state;   // ready, filling (its first snapshot runs), stopped
  std::string reason;  // why it is stopped
  uint64_t generation = 0;
  uint64_t since_cut = 0;
  std::vector<TopicColumnReport> columns;
  std::vector<TopicPartitionReport> partitions;
  std::vector<TopicSettingReport> settings;
  std::vector<LogReaderReport> readers;  // of the whole log; in topic_report() only

  uint64_t records() const;
  uint64_t bytes() const;
};

// As of the log's newest cut, by name; internal topics are left out.
std::vector<TopicReport> topic_reports(log::LocalLog& log);
// The error of an unknown name says which one is near.
Result<TopicReport> topic_report(log::LocalLog& log, const std::string& name);
Error unknown_topic(const log::LogState& state, const std::string& name);

std::string topics_json(const std::vector<TopicReport>& topics);
Result<std::vector<TopicReport>> parse_topics_json(std::string_view json);

std::string topic_list_text(const std::vector<TopicReport>& topics);
std::string topic_text(const TopicReport& topic);

}  // namespace leat::cli
