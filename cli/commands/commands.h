// The subcommands, one file each. Each prints its result on standard output and returns an error
// where it could not do what it was asked; command_line.h prints that and chooses the exit status.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/config/config.h"
#include "cli/topics/topic_admin.h"
#include "log/base/status.h"

namespace leat::cli {

// 0, or 1 where the command did its work and its answer is bad news (`check` with something to
// fix).
using ExitStatus = int;

Result<ExitStatus> run_server(const Config& config);
Result<ExitStatus> run_check(const Config& config);
Result<ExitStatus> run_status(const Config& config, bool json);

// Asks the running process; returns when the copy has begun.
Result<ExitStatus> run_source_resnapshot(const Config& config, const std::string& source);

enum class QueryFormat : unsigned char { table, csv, json };
Result<ExitStatus> run_query(const Config& config, const std::string& sql, QueryFormat format);

struct TopicCatOptions {
  std::string topic;
  bool follow = false;
  // Where to begin, one of them; none: at the topic's start.
  uint64_t from_cut = 0;          // changes after this cut
  std::string since;              // changes of this time or later, as parse_moment_ms() reads it
  std::optional<int64_t> offset;  // of the partition
  // Goes on behind what this one was given, and commits as it goes.
  std::string consumer;

  std::optional<int32_t> partition;  // only this one
};
Result<ExitStatus> run_topic_list(const Config& config);
Result<ExitStatus> run_topic_describe(const Config& config, const std::string& topic);
Result<ExitStatus> run_topic_cat(const Config& config, const TopicCatOptions& options);

// Prints what the consumer has not been given yet.
Status consume_topic(const Config& config, const TopicCatOptions& options);
Result<ExitStatus> run_consumer_list(const Config& config);
Result<ExitStatus> run_consumer_reset(const Config& config, const std::string& name, uint64_t cut);
Result<ExitStatus> run_consumer_drop(const Config& config, const std::string& name);

// Ask the running process, or else open the log themselves.
Result<ExitStatus> run_topic_create(const Config& config, const NewTopic& topic);
Result<ExitStatus> run_topic_alter(const Config& config, const std::string& topic,
                                   const Assignments& settings);
// Lines of JSON from the file PATH (empty or "-": standard input) into a stream topic.
Result<ExitStatus> run_topic_append(const Config& config, const std::string& topic,
                                    const std::string& path);
// Only the running process knows who reads the topic. Asks on the terminal unless CONFIRMED.
Result<ExitStatus> run_topic_delete(const Config& config, const std::string& topic, bool confirmed);

struct TopicTruncation {
  std::string topic;
  int32_t partition = 0;
  int64_t offset = 0;  // the first that is given up
};
// Opens the log itself: nothing may run. Says what is lost, and asks unless CONFIRMED.
Result<ExitStatus> run_topic_truncate(const Config& config, const TopicTruncation& truncation,
                                      bool confirmed);

// DIR is a data directory, a backup, or a log inside one; nobody may have it open. 1: damaged.
Result<ExitStatus> run_log_verify(const std::string& dir);
Result<ExitStatus> run_log_dump(const std::vector<std::string>& files);
Result<ExitStatus> run_log_dump_topic(const Config& config, const std::string& topic);
// Returns when all of TOPIC that its readers have passed is compacted.
Result<ExitStatus> run_log_compact(const Config& config, const std::string& topic);
Result<ExitStatus> run_log_backup(const Config& config, const std::string& dir);
Result<ExitStatus> run_log_restore(const std::string& backup, const std::string& data_dir);

Result<ExitStatus> run_view_list(const Config& config);
Result<ExitStatus> run_view_rebuild(const Config& config, const std::string& view);
Result<ExitStatus> run_view_drop(const Config& config, const std::string& view);
Result<ExitStatus> run_view_describe(const Config& config, const std::string& view);
// The row of a view whose first columns equal KEY.
Result<ExitStatus> run_view_get(const Config& config, const std::string& view,
                                const std::vector<std::string>& key);

}  // namespace leat::cli
