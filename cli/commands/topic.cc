#include <cstdio>

#include "cli/commands/commands.h"
#include "cli/commands/running.h"
#include "cli/control/record_stream.h"
#include "cli/parts.h"
#include "cli/topics/topic_lines.h"
#include "cli/topics/topic_report.h"

namespace leat::cli {
namespace {

Result<std::vector<TopicReport>> fetch_topics(const Config& config) {
  LEAT_ASSIGN_OR_RETURN(auto leat, ControlClient::connect(config.data_dir));
  if (leat) {
    LEAT_ASSIGN_OR_RETURN(std::string body, leat->get("/topics"));
    return parse_topics_json(body);
  }
  LEAT_ASSIGN_OR_RETURN(auto log, open_resting_log(config));
  return topic_reports(*log);
}

// False: nobody reads any more (`| head`).
bool print(std::string_view bytes) {
  return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() &&
         std::fflush(stdout) == 0;
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
  LEAT_ASSIGN_OR_RETURN(auto leat, ControlClient::connect(config.data_dir));
  if (leat) {
    std::string target = "/topics/" + path_part(options.topic) +
                         "/records?from=" + std::to_string(options.from_cut) +
                         (options.follow ? "&follow=1" : "");
    RecordLines lines;
    Status streamed =
        leat->stream(target, [&](std::string_view bytes) { return lines.add(bytes, print); });
    LEAT_RETURN_IF_ERROR(lines.status());
    LEAT_RETURN_IF_ERROR(streamed);
    return 0;
  }
  if (options.follow) {
    return Error::transient("leat does not run over " + config.data_dir +
                            ": there is nothing to follow; start it, or leave out --follow");
  }
  LEAT_ASSIGN_OR_RETURN(auto log, open_resting_log(config));
  TopicLinesOptions lines{options.topic, CutId(options.from_cut), false, [] { return false; }};
  LEAT_RETURN_IF_ERROR(write_topic_lines(*log, lines, [](std::string_view bytes) -> Status {
    if (print(bytes)) return {};
    return Error::permanent("standard output is closed");
  }));
  return 0;
}

}  // namespace leat::cli
