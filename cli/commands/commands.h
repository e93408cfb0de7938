// The subcommands, one file each. Each prints its result on standard output and returns an error
// where it could not do what it was asked; command_line.h prints that and chooses the exit status.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/config/config.h"
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
  uint64_t from_cut = 0;  // changes after this cut; 0: all
};
Result<ExitStatus> run_topic_list(const Config& config);
Result<ExitStatus> run_topic_describe(const Config& config, const std::string& topic);
Result<ExitStatus> run_topic_cat(const Config& config, const TopicCatOptions& options);

Result<ExitStatus> run_view_list(const Config& config);
Result<ExitStatus> run_view_describe(const Config& config, const std::string& view);
// The row of a view whose first columns equal KEY.
Result<ExitStatus> run_view_get(const Config& config, const std::string& view,
                                const std::vector<std::string>& key);

}  // namespace leat::cli
