#include <chrono>
#include <cstdio>

#include "cli/commands/commands.h"
#include "cli/commands/running.h"
#include "cli/control/consumer_mark.h"
#include "cli/control/record_stream.h"
#include "cli/topics/consumers.h"
#include "cli/topics/topic_lines.h"

namespace leat::cli {
namespace {

// False: nobody reads any more (`| head`).
bool print(std::string_view bytes) {
  return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() &&
         std::fflush(stdout) == 0;
}

// A mark that follows nothing new is committed so often: it only tells the log what else may go.
// Each commit is a cut, which brings the next mark.
constexpr std::chrono::minutes kIdleCommitEvery{1};

// Prints what comes, and commits each mark once all before it has been printed and flushed.
class ConsumedLines {
 public:
  ConsumedLines(const ControlClient& leat, const std::string& consumer)
      : leat_(leat), commit_target_("/consumers/" + path_part(consumer) + "/commit") {}

  bool take(std::string_view lines) {
    while (status_.ok() && !lines.empty()) {
      std::string line(lines.substr(0, lines.find('\n') + 1));
      lines.remove_prefix(line.size());
      if (is_mark(line)) {
        commit(line);
      } else {
        lines_ += line;
        is_new_ = true;
      }
    }
    return status_.ok() && print_lines();
  }
  const Status& status() const { return status_; }

 private:
  bool print_lines() {
    if (!print(lines_)) return false;
    lines_.clear();
    return true;
  }
  void commit(const std::string& mark) {
    if (!print_lines()) return;
    auto now = std::chrono::steady_clock::now();
    if (!is_new_ && now - committed_at_ < kIdleCommitEvery) return;
    is_new_ = false;
    committed_at_ = now;
    auto answer = leat_.post(commit_target_, mark);
    if (!answer.ok()) status_ = answer.error();
  }

  const ControlClient& leat_;
  const std::string commit_target_;
  std::string lines_;
  bool is_new_ = false;  // something was printed since the last commit
  std::chrono::steady_clock::time_point committed_at_ = std::chrono::steady_clock::now();
  Status status_;
};

Status consume_running(const ControlClient& leat, const TopicCatOptions& options) {
  ConsumedLines consumed(leat, options.consumer);
  RecordLines lines;
  std::string target = "/consumers/" + path_part(options.consumer) +
                       "/records?topic=" + path_part(options.topic) +
                       (options.follow ? "&follow=1" : "");
  Status streamed = leat.stream(target, [&](std::string_view bytes) {
    return lines.add(bytes, [&](std::string_view whole) { return consumed.take(whole); });
  });
  LEAT_RETURN_IF_ERROR(consumed.status());
  LEAT_RETURN_IF_ERROR(lines.status());
  return streamed;
}

Status consume_resting(log::LocalLog& log, const TopicCatOptions& options) {
  LEAT_ASSIGN_OR_RETURN(ConsumerPosition from, open_consumer(log, options.consumer, options.topic));
  TopicLinesOptions lines;
  lines.topic = options.topic;
  lines.from.cut = from.cut;
  lines.generation_before = from.generation;
  lines.mark = [&](CutId cut, GenerationId generation) {
    return commit_consumer(log, options.consumer, {options.topic, generation, cut});
  };
  LEAT_RETURN_IF_ERROR(write_topic_lines(log, lines, [](std::string_view bytes) -> Status {
    if (print(bytes)) return {};
    return Error::permanent("standard output is closed");
  }));
  return log.close();
}

Status change(const Config& config, const std::string& name, const std::string& action,
              const std::function<Status(log::LocalLog&)>& by_itself) {
  LEAT_ASSIGN_OR_RETURN(LogAccess log, reach_log(config));
  if (log.running) {
    auto answer = log.running->post("/consumers/" + path_part(name) + "/" + action, "");
    return answer.ok() ? Status() : Status(answer.error());
  }
  LEAT_RETURN_IF_ERROR(by_itself(*log.resting));
  return log.resting->close();
}

}  // namespace

Status consume_topic(const Config& config, const TopicCatOptions& options) {
  LEAT_ASSIGN_OR_RETURN(LogAccess log, reach_log(config));
  if (log.running) return consume_running(*log.running, options);
  return options.follow ? nothing_to_follow(config) : consume_resting(*log.resting, options);
}

Result<ExitStatus> run_consumer_list(const Config& config) {
  LEAT_ASSIGN_OR_RETURN(LogAccess log, reach_log(config));
  std::vector<ConsumerReport> consumers;
  if (log.running) {
    LEAT_ASSIGN_OR_RETURN(std::string body, log.running->get("/consumers"));
    LEAT_ASSIGN_OR_RETURN(consumers, parse_consumers_json(body));
  } else {
    consumers = consumer_reports(*log.resting->state());
  }
  print(consumers_text(consumers));
  return 0;
}

Result<ExitStatus> run_consumer_reset(const Config& config, const std::string& name, uint64_t cut) {
  LEAT_RETURN_IF_ERROR(
      change(config, name, "reset?cut=" + std::to_string(cut),
             [&](log::LocalLog& log) { return reset_consumer(log, name, CutId(cut)); }));
  std::printf("%s: goes on %s\n", name.c_str(),
              cut == 0 ? "from the start" : ("behind cut " + std::to_string(cut)).c_str());
  return 0;
}

Result<ExitStatus> run_consumer_drop(const Config& config, const std::string& name) {
  LEAT_RETURN_IF_ERROR(
      change(config, name, "drop", [&](log::LocalLog& log) { return drop_consumer(log, name); }));
  std::printf("%s: dropped; it holds nothing back any more\n", name.c_str());
  return 0;
}

}  // namespace leat::cli
