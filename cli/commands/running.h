// How commands reach the log: through the running process, or by themselves.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cli/config/config.h"
#include "cli/control/client.h"
#include "cli/topics/topic_report.h"
#include "log/base/status.h"
#include "log/local_log.h"

namespace leat::cli {

// The process over this configuration's data directory; an error that says how to start one where
// there is none.
Result<ControlClient> running_process(const Config& config);

// Waits, for half a minute at most, until no other command has the log open, and says for whom it
// waits. An error that names it: at once where it is a running leat, or when GIVE_UP, which is
// called between looks and waits a moment, says so.
Status wait_for_log(const Config& config, const std::function<bool()>& give_up);

// One of the two.
struct LogAccess {
  std::optional<ControlClient> running;    // the process that runs over the data directory
  std::unique_ptr<log::LocalLog> resting;  // opened under its lock, as none runs
};

// How a command that can do without a running process reaches the log. While another process has it
// open and does not answer (a command, or a leat run that begins or ends), it waits, for half a
// minute at most, and says for whom. Of what the log's parts say while it is opened only warnings
// are shown.
Result<LogAccess> reach_log(const Config& config);

// From the running process, or else from the log itself.
Result<TopicReport> fetch_topic(const Config& config, const std::string& name);

// Why a command that only a running process can serve is refused.
Error nothing_to_follow(const Config& config);

// An error that says what to do, where a process runs over DATA_DIR. WHAT: "verify".
Status check_nobody_runs(const std::string& data_dir, const std::string& what);

// The bytes with everything but unreserved characters escaped, for one part of a target's path.
std::string path_part(std::string_view bytes);

}  // namespace leat::cli
