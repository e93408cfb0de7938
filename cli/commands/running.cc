#include "cli/commands/running.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <thread>

#include "cli/parts.h"
#include "cli/terminal/logging.h"
#include "log/base/clock.h"
#include "log/base/lock_error.h"
#include "log/data_paths.h"
#include "views/serve/url.h"

namespace leat::cli {
namespace {

constexpr std::chrono::seconds kLogWaitMax{30};
constexpr std::chrono::milliseconds kLookEvery{100};

Result<std::unique_ptr<log::LocalLog>> open_resting_log(const Config& config) {
  LEAT_ASSIGN_OR_RETURN(bool there, Fs::posix().exists(log_dir(config)));
  log_warnings_only();
  if (there) return open_log(config);
  return Error::permanent("there is no log in " + config.data_dir +
                          " yet; the first leat run makes it");
}

}  // namespace

Result<ControlClient> running_process(const Config& config) {
  LEAT_ASSIGN_OR_RETURN(auto client, ControlClient::connect(config.data_dir));
  if (client) return *client;
  return Error::transient("leat does not run over " + config.data_dir +
                          "; start it with: leat run --config " + config.path);
}

Status wait_for_log(const Config& config, const std::function<bool()>& give_up) {
  Fs& fs = Fs::posix();
  std::string lock = log::DataPaths(log_dir(config)).lock();
  auto begin = Clock::system().monotonic();
  for (bool told = false;; told = true) {
    LEAT_ASSIGN_OR_RETURN(bool there, fs.exists(lock));
    if (!there) return {};
    auto locked = fs.lock(lock);
    if (locked.ok()) return {};
    auto running = ControlClient::connect(config.data_dir);
    bool is_command = running.ok() && !*running;
    bool is_over = Clock::system().monotonic() - begin > kLogWaitMax;
    if (!is_command || is_over) return locked.error();
    if (!told) spdlog::warn("{}; waiting for it", locked.error().message());
    if (give_up()) return locked.error();
  }
}

Result<LogAccess> reach_log(const Config& config) {
  auto begin = Clock::system().monotonic();
  for (bool told = false;; told = true) {
    LEAT_ASSIGN_OR_RETURN(auto running, ControlClient::connect(config.data_dir));
    if (running) return LogAccess{std::move(running), nullptr};
    auto log = open_resting_log(config);
    if (log.ok()) return LogAccess{std::nullopt, std::move(*log)};
    bool is_over = Clock::system().monotonic() - begin > kLogWaitMax;
    if (is_over || !is_lock_error(log.error())) return log.error();
    if (!told) spdlog::warn("{}; waiting for it", log.error().message());
    std::this_thread::sleep_for(kLookEvery);
  }
}

Result<TopicReport> fetch_topic(const Config& config, const std::string& name) {
  LEAT_ASSIGN_OR_RETURN(LogAccess log, reach_log(config));
  if (log.running) {
    LEAT_ASSIGN_OR_RETURN(std::string body, log.running->get("/topics/" + path_part(name)));
    LEAT_ASSIGN_OR_RETURN(auto topics, parse_topics_json(body));
    if (topics.size() == 1) return topics[0];
    return Error::permanent("the running process answers in another form");
  }
  return topic_report(*log.resting, name);
}

Error nothing_to_follow(const Config& config) {
  return Error::transient("leat does not run over " + config.data_dir +
                          ": there is nothing to follow; start it, or leave out --follow");
}

Status check_nobody_runs(const std::string& data_dir, const std::string& what) {
  LEAT_ASSIGN_OR_RETURN(auto leat, ControlClient::connect(data_dir));
  if (!leat) return {};
  return Error::permanent("leat runs over " + data_dir + " and writes its log meanwhile: " + what +
                          " a copy of it (leat log backup DIR), or stop leat first");
}

std::string path_part(std::string_view bytes) {
  return views::serve::url_escape(bytes);
}

}  // namespace leat::cli
