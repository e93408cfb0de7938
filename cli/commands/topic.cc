#include <spdlog/fmt/fmt.h>

#include <cstdio>

#include "cli/commands/commands.h"
#include "cli/commands/running.h"
#include "cli/control/record_stream.h"
#include "cli/parts.h"
#include "cli/text/moment.h"
#include "cli/text/units.h"
#include "cli/topics/topic_lines.h"
#include "cli/topics/topic_report.h"
#include "log/base/clock.h"

namespace leat::cli {
namespace {

Result<std::vector<TopicReport>> fetch_topics(const Config& config) {
  LEAT_ASSIGN_OR_RETURN(LogAccess log, reach_log(config));
  if (!log.running) return topic_reports(*log.resting);
  LEAT_ASSIGN_OR_RETURN(std::string body, log.running->get("/topics"));
  return parse_topics_json(body);
}

// False: nobody reads any more (`| head`).
bool print(std::string_view bytes) {
  return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() &&
         std::fflush(stdout) == 0;
}

Result<HistoryStart> start_of(const TopicCatOptions& options) {
  HistoryStart start;
  start.cut = CutId(options.from_cut);
  if (!options.since.empty()) {
    int64_t now_ms = Clock::system().unix_us() / 1000;
    LEAT_ASSIGN_OR_RETURN(start.time_ms, parse_moment_ms(options.since, now_ms));
  }
  if (options.partition) start.partition = PartitionIndex(*options.partition);
  start.offset = Offset(options.offset.value_or(0));
  return start;
}

std::string records_target(const std::string& topic, const HistoryStart& from) {
  std::string target = "/topics/" + path_part(topic) + "/records?";
  if (from.time_ms) {
    target += fmt::format("since_ms={}", *from.time_ms);
  } else if (from.offset > Offset(0)) {
    target += fmt::format("offset={}", from.offset.value());
  } else {
    target += fmt::format("from={}", from.cut.value());
  }
  if (from.partition) target += fmt::format("&partition={}", from.partition->value());
  return target;
}

Status cat_running(const ControlClient& leat, const TopicCatOptions& options,
                   const HistoryStart& from) {
  std::string target = records_target(options.topic, from) + (options.follow ? "&follow=1" : "");
  RecordLines lines;
  Status streamed =
      leat.stream(target, [&](std::string_view bytes) { return lines.add(bytes, print); });
  LEAT_RETURN_IF_ERROR(lines.status());
  return streamed;
}

Status cat_resting(log::LocalLog& log, const TopicCatOptions& options, const HistoryStart& from) {
  TopicLinesOptions lines{options.topic, from, false, [] { return false; }};
  return write_topic_lines(log, lines, [](std::string_view bytes) -> Status {
    if (print(bytes)) return {};
    return Error::permanent("standard output is closed");
  });
}

// Who resumes from a cut must know when what follows does not continue there.
Status say_whether_copied_anew(const Config& config, const TopicCatOptions& options) {
  if (options.from_cut == 0) return {};
  LEAT_ASSIGN_OR_RETURN(TopicReport topic, fetch_topic(config, options.topic));
  if (options.from_cut >= topic.since_cut) return {};
  std::fprintf(stderr,
               "leat: %s was copied anew at cut %s, behind cut %s: what follows is all that it "
               "holds since\n",
               options.topic.c_str(), count_text(topic.since_cut).c_str(),
               count_text(options.from_cut).c_str());
  return {};
}

}  // namespace

Result<ExitStatus> run_topic_list(const Config& config) {
  LEAT_ASSIGN_OR_RETURN(auto topics, fetch_topics(config));
  print(topic_list_text(topics));
  return 0;
}

Result<ExitStatus> run_topic_describe(const Config& config, const std::string& topic) {
  LEAT_ASSIGN_OR_RETURN(TopicReport report, fetch_topic(config, topic));
  print(topic_text(report));
  return 0;
}

Result<ExitStatus> run_topic_cat(const Config& config, const TopicCatOptions& options) {
  if (!options.consumer.empty()) {
    LEAT_RETURN_IF_ERROR(consume_topic(config, options));
    return 0;
  }
  LEAT_ASSIGN_OR_RETURN(HistoryStart from, start_of(options));
  LEAT_RETURN_IF_ERROR(say_whether_copied_anew(config, options));
  LEAT_ASSIGN_OR_RETURN(LogAccess log, reach_log(config));
  if (!log.running && options.follow) return nothing_to_follow(config);
  LEAT_RETURN_IF_ERROR(log.running ? cat_running(*log.running, options, from)
                                   : cat_resting(*log.resting, options, from));
  return 0;
}

}  // namespace leat::cli
