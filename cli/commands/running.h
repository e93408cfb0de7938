// How commands reach the log: through the running process, or by themselves.
#pragma once

#include <functional>
#include <memory>
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

// Where no process runs, commands open the log themselves, under its lock. Of what the log's parts
// say meanwhile only warnings are shown.
Result<std::unique_ptr<log::LocalLog>> open_resting_log(const Config& config);

// From the running process, or else from the log itself.
Result<TopicReport> fetch_topic(const Config& config, const std::string& name);

// An error that says what to do, where a process runs over DATA_DIR. WHAT: "verify".
Status check_nobody_runs(const std::string& data_dir, const std::string& what);

// The bytes with everything but unreserved characters escaped, for one part of a target's path.
std::string path_part(std::string_view bytes);

}  // namespace leat::cli
