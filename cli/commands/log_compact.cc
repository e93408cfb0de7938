#include <chrono>
#include <cstdio>

#include "cli/commands/commands.h"
#include "cli/commands/running.h"
#include "cli/control/compaction_lines.h"
#include "cli/parts.h"
#include "cli/terminal/work_progress.h"
#include "cli/text/compaction_hindrance.h"
#include "cli/text/units.h"

namespace leat::cli {
namespace {

using compaction::CompactionTotals;

Result<CompactionTotals> ask_for_compaction(const ControlClient& leat, const std::string& topic,
                                            const TellCompaction& tell) {
  Result<CompactionTotals> result = Error::transient("the running process ended before " + topic +
                                                     " was compacted; it is as it was");
  std::string rest;
  LEAT_RETURN_IF_ERROR(
      leat.post_stream("/log/compact?topic=" + path_part(topic), [&](std::string_view bytes) {
        rest += bytes;
        for (size_t end; (end = rest.find('\n')) != std::string::npos; rest.erase(0, end + 1)) {
          auto last = read_compaction_line(std::string_view(rest).substr(0, end), tell);
          if (last) result = std::move(*last);
        }
        return true;
      }));
  return result;
}

// A source that is not running cannot bring the rows it keeps to disk, and reads them anew.
void let_row_stores_yield_where_room_is_short(const Config& config, log::LocalLog& log) {
  auto free = Fs::posix().free_bytes(config.data_dir);
  if (!free.ok() || *free >= config.compaction.room_bytes) return;
  for (const SourceConfig& source : config.sources) {
    log.set_reader_floor(row_table_name(source), log::kNeedsNothing,
                         log::Hold::while_there_is_room);
  }
}

Result<CompactionTotals> compact_resting(log::LocalLog& log, const Config& config,
                                         const std::string& topic, const TellCompaction& tell) {
  let_row_stores_yield_where_room_is_short(config, log);
  CompactionTotals totals;
  {
    compaction::Cleaner cleaner(log.segments(), cleaner_options(config));
    LEAT_ASSIGN_OR_RETURN(totals, compact_and_tell(cleaner, topic, tell));
  }
  LEAT_RETURN_IF_ERROR(log.close());
  return totals;
}

Result<CompactionTotals> compact(const Config& config, const std::string& topic,
                                 const TellCompaction& tell) {
  LEAT_ASSIGN_OR_RETURN(LogAccess log, reach_log(config));
  return log.running ? ask_for_compaction(*log.running, topic, tell)
                     : compact_resting(*log.resting, config, topic, tell);
}

}  // namespace

Result<ExitStatus> run_log_compact(const Config& config, const std::string& topic) {
  auto started_at = std::chrono::steady_clock::now();
  Result<CompactionTotals> totals = [&] {
    WorkProgress bar(topic);
    return compact(config, topic, [&](const CompactionProgress& now) {
      bar.update(now.bytes_done, now.bytes_total,
                 now.waits ? "first what the cleaner is at, now at full speed"
                           : count_text(now.keys) + " keys");
    });
  }();
  if (!totals.ok()) return totals.error();
  auto took = std::chrono::steady_clock::now() - started_at;
  std::string text = compaction_text(
      topic, *totals, std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  std::fputs(text.c_str(), stdout);
  LEAT_ASSIGN_OR_RETURN(TopicReport report, fetch_topic(config, topic));
  std::fputs(hindrance_text(report, *totals).c_str(), stdout);
  return 0;
}

}  // namespace leat::cli
