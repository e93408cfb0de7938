#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdio>

#include "cli/commands/commands.h"
#include "cli/commands/running.h"
#include "cli/engine.h"
#include "cli/system/memory.h"
#include "cli/system/signals.h"
#include "cli/terminal/logging.h"
#include "cli/terminal/screen.h"
#include "cli/text/progress.h"
#include "cli/text/units.h"
#include "cli/version.h"
#include "log/base/clock.h"
#include "log/base/lock_error.h"

namespace leat::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 200ms;
constexpr auto kPlainLineEvery = 5s;
constexpr auto kReturnEvery = 10s;
constexpr const char* kIndent = "         ";  // under the time of day

// The logger writes through the screen: it must end first.
class Logging {
 public:
  explicit Logging(Screen& screen) { start_logging(screen); }
  ~Logging() { stop_logging(); }
  Logging(const Logging&) = delete;
  Logging& operator=(const Logging&) = delete;
};

// Shows copies and builds as they come on: bars on a terminal, now and then a line in a log.
class ProgressDisplay {
 public:
  explicit ProgressDisplay(Screen& screen) : screen_(screen) {}

  void update(const StatusReport& report) {
    auto now = Clock::system().monotonic();
    auto items = meter_.update(report, now);
    if (screen_.is_terminal()) return show_bars(items);
    if (items.empty() || now - last_lines_at_ < kPlainLineEvery) return;
    last_lines_at_ = now;
    for (const ProgressItem& item : items) {
      if (!item.finished) spdlog::info("{}", progress_line(item));
    }
  }

 private:
  void show_bars(const std::vector<ProgressItem>& items) {
    std::vector<std::string> block;
    for (const std::string& bar : progress_bars(items)) block.push_back(kIndent + bar);
    screen_.show(std::move(block));
  }

  Screen& screen_;
  ProgressMeter meter_;
  std::chrono::nanoseconds last_lines_at_{0};
};

// Copies and builds need memory for their buffers. What they leave goes back when one of them has
// ended, and now and then while the process holds more than memory_limit.
class MemoryReturn {
 public:
  void update(const StatusReport& report) {
    size_t busy = 0;
    for (const auto& source : report.sources) {
      busy += source.state == cdc::SourceState::snapshotting;
    }
    for (const auto& view : report.views) busy += view.state == "building";
    auto now = Clock::system().monotonic();
    bool too_much =
        report.memory_bytes > report.memory_limit_bytes && now - last_at_ > kReturnEvery;
    if (busy < busy_ || too_much) {
      return_free_memory();
      last_at_ = now;
    }
    busy_ = busy;
  }

 private:
  size_t busy_ = 0;
  std::chrono::nanoseconds last_at_{0};
};

// One line when a full disk stops commits or flushes, and one when they go on.
class PauseWatch {
 public:
  void update(const StatusReport& report) {
    note("log", report.log.paused_reason, "the sources wait, nothing is lost", &log_);
    note("state", report.state.paused_reason, "the views answer meanwhile", &state_);
  }

 private:
  static void note(const char* part, const std::string& reason, const char* meanwhile,
                   bool* paused) {
    if (*paused == !reason.empty()) return;
    *paused = !reason.empty();
    if (*paused) {
      spdlog::warn("{}: paused: {}; {}; it goes on by itself when there is room", part, reason,
                   meanwhile);
    } else {
      spdlog::info("{}: there is room again; it goes on", part);
    }
  }

  bool log_ = false;
  bool state_ = false;
};

// The bare port on loopback, as psql takes it.
std::string psql_line(const Config& config) {
  return "psql -h " + config.listen_sql.host + " -p " + std::to_string(config.listen_sql.port) +
         "     http://" + config.listen_http.host + ":" + std::to_string(config.listen_http.port);
}

Status run_until_signal(Engine& engine, StopSignals& signals, Screen& screen) {
  ProgressDisplay progress(screen);
  MemoryReturn memory;
  PauseWatch pauses;
  while (!signals.wait(std::chrono::duration_cast<std::chrono::milliseconds>(kTick))) {
    LEAT_RETURN_IF_ERROR(engine.startup_error());
    StatusReport report = engine.status();
    progress.update(report);
    memory.update(report);
    pauses.update(report);
  }
  return {};
}

Status drain(Engine& engine, StopSignals& signals) {
  signals.let_the_next_one_kill();
  spdlog::info(
      "stopping: the sources end at a transaction boundary, then all is flushed (once more to "
      "end at once)");
  auto begin = Clock::system().unix_us();
  LEAT_RETURN_IF_ERROR(engine.stop());
  spdlog::info("stopped after {}; all is durable",
               duration_text(Clock::system().unix_us() - begin));
  return {};
}

// A disk can be too full even for a start.
Result<std::unique_ptr<Engine>> open_when_there_is_room(const Config& config,
                                                        StopSignals& signals) {
  bool told = false;
  while (true) {
    auto engine = Engine::open(config);
    if (engine.ok() || !engine.error().is_transient()) return engine;
    if (!told)
      spdlog::warn("{}; leat waits, and begins by itself when it can", engine.error().message());
    told = true;
    if (signals.wait(1s)) return engine;
  }
}

// Another command may take the log between the look at its lock and the opening.
Result<std::unique_ptr<Engine>> open_in_turn(const Config& config, StopSignals& signals) {
  constexpr int kLostRacesMax = 30;
  for (int lost_races = 0;; ++lost_races) {
    LEAT_RETURN_IF_ERROR(wait_for_log(config, [&] { return signals.wait(kTick); }));
    auto engine = open_when_there_is_room(config, signals);
    if (engine.ok() || lost_races == kLostRacesMax || !is_lock_error(engine.error())) return engine;
  }
}

}  // namespace

Result<ExitStatus> run_server(const Config& config) {
  bound_allocator();
  StopSignals signals;
  Screen screen;
  Logging logging(screen);
  auto begin = Clock::system().unix_us();
  LEAT_ASSIGN_OR_RETURN(auto engine, open_in_turn(config, signals));
  LEAT_RETURN_IF_ERROR(engine->start());
  spdlog::info("leat {} over {}, ready in {}", kVersion, config.data_dir,
               duration_text(Clock::system().unix_us() - begin));
  spdlog::info("{}", psql_line(config));
  for (const std::string& pattern : config.view_patterns_without_files) {
    spdlog::warn("views: no file matches {}", pattern);
  }
  Status ended = run_until_signal(*engine, signals, screen);
  screen.show({});
  LEAT_RETURN_IF_ERROR(ended);  // a start that fails says only why; the engine drains at its end
  LEAT_RETURN_IF_ERROR(drain(*engine, signals));
  return 0;
}

}  // namespace leat::cli
