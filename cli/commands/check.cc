#include "cdc/mysql/check.h"

#include <cstdio>

#include "cdc/postgres/check.h"
#include "cli/commands/commands.h"
#include "cli/control/client.h"
#include "cli/parts.h"
#include "cli/status_report.h"
#include "cli/text/check_text.h"

namespace leat::cli {
namespace {

Result<cdc::SourceReport> check_source(const Config& config, const SourceConfig& source) {
  if (!source.mysql) return cdc::check_postgres(postgres_config(config, source));
  LEAT_ASSIGN_OR_RETURN(auto mysql, mysql_config(config, source));
  return cdc::mysql::check_mysql(mysql);
}

// Of the process that runs over this data directory; none where there is none that answers.
std::vector<cdc::SourceStatus> running_sources(const Config& config) {
  auto leat = ControlClient::connect(config.data_dir);
  if (!leat.ok() || !*leat) return {};
  auto body = (*leat)->get("/status");
  if (!body.ok()) return {};
  auto report = parse_status_json(*body);
  return report.ok() ? report->sources : std::vector<cdc::SourceStatus>();
}

// What the server alone does not show, such as a position that its slot cannot give any more.
void add_what_runs(const std::vector<cdc::SourceStatus>& running, const std::string& source,
                   cdc::SourceReport* report) {
  for (const cdc::SourceStatus& status : running) {
    bool fails =
        status.state == cdc::SourceState::stopped || status.state == cdc::SourceState::retrying;
    if (status.name != source || !fails) continue;
    report->findings.push_back({cdc::FindingKind::fix, "leat run says: " + status.last_error, ""});
  }
}

}  // namespace

Result<ExitStatus> run_check(const Config& config) {
  const auto running = running_sources(config);
  FindingCounts total;
  for (const SourceConfig& source : config.sources) {
    auto report = check_source(config, source);
    if (!report.ok()) {
      std::printf("source %s\n  fix   %s\n", source.name.c_str(), report.error().message().c_str());
      ++total.fix;
      continue;
    }
    add_what_runs(running, source.name, &*report);
    std::fputs(check_text(source.name, *report).c_str(), stdout);
    FindingCounts counts = count_findings(report->findings);
    total.ok += counts.ok;
    total.fix += counts.fix;
    total.stop += counts.stop;
    total.note += counts.note;
  }
  std::printf("%s\n", counts_text(total).c_str());
  return total.fix == 0 ? 0 : 1;
}

}  // namespace leat::cli
