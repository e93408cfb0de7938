#include "cli/text/status_text.h"

#include <cmath>

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
  bool building = view.state == "building";
  return {view.name, view.state, view.rows ? count_text(*view.rows) : kNothing,
          building ? kNothing : count_text(view.cut),
          building ? build_text(view) : duration_text(view.behind_us)};
}

}  // namespace

std::string status_text(const StatusReport& report) {
  std::string out = head_line(report);
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
  std::string out;
  for (const auto& source : report.sources) {
    if (!source.last_error.empty()) out += source.name + ": " + source.last_error + "\n";
    for (const auto& table : source.stopped_tables) {
      out += source.name + ": " + table.table + " is stopped: " + table.reason + "\n";
    }
  }
  for (const auto& view : report.views) {
    if (!view.error.empty()) out += "view " + view.name + ": " + view.error + "\n";
  }
  return out;
}

}  // namespace leat::cli
