#include "cli/text/check_text.h"

#include <sstream>

#include "cli/text/printable.h"

namespace leat::cli {
namespace {

const char* mark_of(cdc::FindingKind kind) {
  switch (kind) {
    case cdc::FindingKind::ok:
      return "ok  ";
    case cdc::FindingKind::fix:
      return "fix ";
    case cdc::FindingKind::stop:
      return "stop";
    case cdc::FindingKind::note:
      return "note";
  }
  return "";
}

void append_statement(const std::string& statement, std::string* out) {
  std::istringstream lines(statement);
  for (std::string line; std::getline(lines, line);) *out += "          " + line + "\n";
}

}  // namespace

FindingCounts count_findings(const std::vector<cdc::Finding>& findings) {
  FindingCounts counts;
  for (const cdc::Finding& finding : findings) {
    counts.ok += finding.kind == cdc::FindingKind::ok;
    counts.fix += finding.kind == cdc::FindingKind::fix;
    counts.stop += finding.kind == cdc::FindingKind::stop;
    counts.note += finding.kind == cdc::FindingKind::note;
  }
  return counts;
}

std::string check_text(const std::string& source, const cdc::SourceReport& report) {
  std::string out = "source " + source + " · " + report.server + "\n";
  for (const cdc::Finding& finding : report.findings) {
    out += std::string("  ") + mark_of(finding.kind) + "  " + printable(finding.text) + "\n";
    append_statement(finding.statement, &out);
  }
  return out;
}

std::string counts_text(const FindingCounts& counts) {
  std::string out = std::to_string(counts.ok) + " ok, " + std::to_string(counts.fix) + " to fix, ";
  if (counts.stop != 0) {
    out += std::to_string(counts.stop) + (counts.stop == 1 ? " table" : " tables") + " stopped, ";
  }
  return out + std::to_string(counts.note) + (counts.note == 1 ? " note" : " notes");
}

}  // namespace leat::cli
