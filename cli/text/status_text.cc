#include "cli/text/status_text.h"

#include <cmath>

#include "cli/text/printable.h"
#include "cli/text/table.h"
#include "cli/text/units.h"

namespace leat::cli {
namespace {

constexpr const char* kNothing = "–";

std::string head_line(const StatusReport& report) {
  std::string memory = std::to_string(report.memory_bytes >> 20);
  return "cut " + count_text(report.cut) + " · log " + bytes_text(report.log_bytes) + " · state " +
         bytes_text(report.state_bytes) + " · memory " + memory + " of " +
         count_text(report.memory_limit_bytes >> 20) + " MB · up " + duration_text(report.up_us) +
         "\n";
}

// "compaction: 12 done · 402 MB read, 3 MB written in 14 passes · 30 MB to do · 5 MB held back by
// readers".
std::string compaction_line(const CompactionReport& compaction) {
  if (compaction.compactions_total == 0 && compaction.dirty_bytes == 0) return "";
  std::string out = "compaction: " + count_text(compaction.compactions_total) + " done";
  if (compaction.passes_total > 0) {
    out += " · " + bytes_text(compaction.bytes_read_total) + " read, " +
           bytes_text(compaction.bytes_written_total) + " written in " +
           count_text(compaction.passes_total) +
           (compaction.passes_total == 1 ? " pass" : " passes");
  }
  if (compaction.dirty_bytes > 0) out += " · " + bytes_text(compaction.dirty_bytes) + " to do";
  if (compaction.held_back_bytes > 0) {
    out += " · " + bytes_text(compaction.held_back_bytes) + " held back by readers";
  }
  return out + "\n";
}

std::string compaction_trouble(const StatusReport& report) {
  std::string out;
  if (!report.compaction.last_failure.empty()) {
    out += "compaction: " + report.compaction.last_failure + "; it is tried again\n";
  }
  for (const DetachedReaderReport& reader : report.log.detached_readers) {
    out += "reader " + reader.name + " was detached at cut " + count_text(reader.cut) + ": " +
           reader.reason + "\n";
  }
  return out;
}

// What cannot be read, and how to mend it.
std::string damage_text(const DamagedPartitionReport& damaged) {
  std::string out = damaged.topic + ": partition " + std::to_string(damaged.partition) +
                    " is damaged: " + damaged.damage;
  if (damaged.is_replaced) {
    return out +
           ". It belongs to a generation that was replaced; it goes when no reader needs it\n";
  }
  out += ". Look at the disk, then";
  if (!damaged.source.empty()) return out + ": leat source resnapshot " + damaged.source + "\n";
  return out +
         " stop leat; leat log verify says up to where it is sound, and leat topic truncate-to " +
         damaged.topic + " " + std::to_string(damaged.partition) + " OFFSET gives up the rest\n";
}

std::vector<std::string> source_row(const cdc::SourceStatus& source) {
  return {source.name, cdc::to_text(source.state),
          source.position.empty() ? kNothing : source.position,
          bytes_text(source.behind_bytes) + " · " + duration_text(source.behind_us),
          rate_text(source.changes_per_second, "changes")};
}

std::string build_text(const ViewReport& view) {
  std::string out;
  auto add = [&](const std::string& part) { out += (out.empty() ? "" : " · ") + part; };
  if (view.progress) add(std::to_string(std::lround(*view.progress * 100)) + " %");
  if (view.changes_per_second > 0) add(rate_text(view.changes_per_second, "changes"));
  if (view.left_us) add(duration_text(*view.left_us) + " left");
  return out.empty() ? kNothing : out;
}

std::vector<std::string> view_row(const ViewReport& view) {
  bool readable = view.rows.has_value();
  return {view.name, view.state, readable ? count_text(*view.rows) : kNothing,
          readable ? count_text(view.cut) : kNothing,
          readable ? duration_text(view.behind_us) : build_text(view)};
}

// What a full or broken disk does, and what to do about it.
std::string disk_trouble(const StatusReport& report) {
  std::string out;
  const std::string where = bytes_text(report.log.disk_free_bytes) + " free in " + report.data_dir;
  if (!report.log.paused_reason.empty()) {
    out += "log: paused: " + report.log.paused_reason + " (" + where +
           "). The sources wait; nothing is lost. Make room there: it goes on by itself\n";
  }
  if (!report.state.paused_reason.empty()) {
    out += "state: waits: " + report.state.paused_reason + " (" + where +
           "). The views answer and follow as far as memory reaches. Make room there: it goes on "
           "by itself\n";
  }
  if (!report.log.failed_reason.empty()) {
    out += "log: failed: " + report.log.failed_reason +
           ". Mend the disk, then start leat again: it goes on from that cut\n";
  }
  return out;
}

}  // namespace

std::string status_text(const StatusReport& report) {
  std::string out = head_line(report) + compaction_line(report.compaction);
  std::vector<std::vector<std::string>> sources;
  for (const auto& source : report.sources) sources.push_back(source_row(source));
  out += aligned_table({"SOURCE", "STATE", "POSITION", "BEHIND", "RATE"}, sources);
  if (!report.views.empty()) out += views_text(report);
  return out + trouble_text(report);
}

std::string views_text(const StatusReport& report) {
  std::vector<std::vector<std::string>> views;
  for (const auto& view : report.views) views.push_back(view_row(view));
  return aligned_table({"VIEW", "STATE", "ROWS", "CUT", "BEHIND"}, views);
}

std::string trouble_text(const StatusReport& report) {
  std::string out = disk_trouble(report) + compaction_trouble(report);
  for (const auto& damaged : report.log.damaged_partitions) out += damage_text(damaged);
  for (const auto& source : report.sources) {
    if (!source.last_error.empty()) {
      out += source.name + ": " + printable(source.last_error) + "\n";
    }
    for (const auto& table : source.stopped_tables) {
      out += source.name + ": " + printable(table.table + " is stopped: " + table.reason) + "\n";
    }
  }
  for (const auto& view : report.views) {
    if (!view.error.empty()) out += "view " + view.name + ": " + view.error + "\n";
  }
  return out;
}

}  // namespace leat::cli
