#include "cdc/mysql/check.h"

#include <cstdio>

#include "cdc/postgres/check.h"
#include "cli/commands/commands.h"
#include "cli/parts.h"
#include "cli/text/check_text.h"

namespace leat::cli {
namespace {

Result<cdc::SourceReport> check_source(const Config& config, const SourceConfig& source) {
  if (!source.mysql) return cdc::check_postgres(postgres_config(config, source));
  LEAT_ASSIGN_OR_RETURN(auto mysql, mysql_config(config, source));
  return cdc::mysql::check_mysql(mysql);
}

}  // namespace

Result<ExitStatus> run_check(const Config& config) {
  FindingCounts total;
  for (const SourceConfig& source : config.sources) {
    auto report = check_source(config, source);
    if (!report.ok()) {
      std::printf("source %s\n  fix   %s\n", source.name.c_str(), report.error().message().c_str());
      ++total.fix;
      continue;
    }
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
