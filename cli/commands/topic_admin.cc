#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "cli/commands/commands.h"
#include "cli/commands/running.h"
#include "cli/control/admin_routes.h"
#include "cli/parts.h"
#include "cli/terminal/work_progress.h"
#include "cli/text/units.h"
#include "log/topic_repair.h"

namespace leat::cli {
namespace {

std::string joined_lines(const Assignments& settings) {
  std::string out;
  for (const std::string& each : settings) out += each + "\n";
  return out;
}

// LOSS, and the topic's name typed again.
Status confirm(const std::string& topic, const std::string& loss, bool confirmed) {
  std::printf("%s\n", loss.c_str());
  if (confirmed) return {};
  if (::isatty(STDIN_FILENO) == 0) {
    return Error::permanent("this asks on a terminal; give --yes to go on without");
  }
  std::printf("Type the topic's name to go on: ");
  std::fflush(stdout);
  std::string answer;
  if (std::getline(std::cin, answer) && answer == topic) return {};
  return Error::permanent("nothing was changed");
}

std::string loss_of(const log::TruncationPlan& plan, const TopicTruncation& truncation,
                    const SourceConfig* source) {
  std::string out = "partition " + std::to_string(truncation.partition) + " of " + plan.topic +
                    " loses what stands from offset " +
                    count_text(static_cast<uint64_t>(truncation.offset)) + " on: at most " +
                    count_text(plan.offsets_lost) +
                    " changes. The rest is copied to a new generation.";
  if (source == nullptr) return out;
  return out + "\nIts rows are then not what the source holds, so the topic stays stopped until: " +
         "leat source resnapshot " + source->name;
}

std::string stop_reason(const TopicTruncation& truncation, const SourceConfig* source) {
  if (source == nullptr) return "";
  return "it was truncated to offset " + std::to_string(truncation.offset) + " of partition " +
         std::to_string(truncation.partition) +
         ", so rows of it are missing or old; to go on: leat source resnapshot " + source->name;
}

Error runs_meanwhile(const Config& config) {
  return Error::permanent("leat runs over " + config.data_dir +
                          ": stop it first, so that nobody writes or reads the topic meanwhile");
}

}  // namespace

Result<ExitStatus> run_topic_create(const Config& config, const NewTopic& topic) {
  LEAT_ASSIGN_OR_RETURN(LogAccess log, reach_log(config));
  if (log.running) {
    LEAT_ASSIGN_OR_RETURN(std::string answer, log.running->post("/topics", new_topic_json(topic)));
    (void)answer;
  } else {
    LEAT_RETURN_IF_ERROR(create_topic(*log.resting, config, topic));
    LEAT_RETURN_IF_ERROR(log.resting->close());
  }
  std::printf("%s: created with %d partitions\n", topic.name.c_str(), topic.partitions);
  return 0;
}

Result<ExitStatus> run_topic_alter(const Config& config, const std::string& topic,
                                   const Assignments& settings) {
  LEAT_ASSIGN_OR_RETURN(LogAccess log, reach_log(config));
  if (log.running) {
    LEAT_ASSIGN_OR_RETURN(
        std::string answer,
        log.running->post("/topics/" + path_part(topic) + "/settings", joined_lines(settings)));
    (void)answer;
  } else {
    LEAT_RETURN_IF_ERROR(alter_topic(*log.resting, config, topic, settings));
    LEAT_RETURN_IF_ERROR(log.resting->close());
  }
  std::printf("%s: altered; what is written from now on follows it\n", topic.c_str());
  return 0;
}

Result<ExitStatus> run_topic_delete(const Config& config, const std::string& topic,
                                    bool confirmed) {
  LEAT_ASSIGN_OR_RETURN(ControlClient leat, running_process(config));
  LEAT_ASSIGN_OR_RETURN(std::string known, leat.get("/topics/" + path_part(topic)));
  (void)known;  // only says that there is such a topic
  LEAT_RETURN_IF_ERROR(confirm(topic, topic + " and all that it holds will be gone.", confirmed));
  LEAT_ASSIGN_OR_RETURN(std::string answer,
                        leat.post("/topics/" + path_part(topic) + "/delete", ""));
  (void)answer;
  std::printf("%s: deleted; its files go when no reader needs them any more\n", topic.c_str());
  return 0;
}

Result<ExitStatus> run_topic_truncate(const Config& config, const TopicTruncation& truncation,
                                      bool confirmed) {
  LEAT_ASSIGN_OR_RETURN(auto leat, ControlClient::connect(config.data_dir));
  if (leat) return runs_meanwhile(config);
  log::TruncationPlan plan;
  {
    LEAT_ASSIGN_OR_RETURN(auto image, log::LogImage::open(Fs::posix(), log_dir(config)));
    LEAT_ASSIGN_OR_RETURN(
        plan, log::plan_truncation(*image, truncation.topic, PartitionIndex(truncation.partition),
                                   Offset(truncation.offset)));
  }
  const SourceConfig* source = writer_of(config, truncation.topic);
  LEAT_RETURN_IF_ERROR(confirm(truncation.topic, loss_of(plan, truncation, source), confirmed));
  LEAT_ASSIGN_OR_RETURN(LogAccess log, reach_log(config));
  if (log.running) return runs_meanwhile(config);
  {
    WorkProgress progress(truncation.topic);
    LEAT_RETURN_IF_ERROR(
        log::truncate_topic(*log.resting, Fs::posix(), plan, stop_reason(truncation, source),
                            [&](uint64_t done, uint64_t total) { progress.update(done, total); }));
  }
  LEAT_RETURN_IF_ERROR(log.resting->close());
  std::printf("%s: truncated; views that need what is gone are built anew\n",
              truncation.topic.c_str());
  return 0;
}

}  // namespace leat::cli
