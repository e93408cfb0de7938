#include "cdc/postgres/check.h"

#include <cstdio>

#include "cli/commands/commands.h"
#include "cli/parts.h"
#include "cli/text/check_text.h"

namespace leat::cli {

Result<ExitStatus> run_check(const Config& config) {
  FindingCounts total;
  for (const SourceConfig& source : config.sources) {
    auto report = cdc::check_postgres(postgres_config(config, source));
    if (!report.ok()) {
      std::printf("source %s\n  fix   %s\n", source.name.c_str(), report.error().message().c_str());
      ++total.fix;
      continue;
    }
    std::fputs(check_text(source.name, *report).c_str(), stdout);
    FindingCounts counts = count_findings(report->findings);
    total.ok += counts.ok;
    total.fix += counts.fix;
    total.note += counts.note;
  }
  std::printf("%s\n", counts_text(total).c_str());
  return total.fix == 0 ? 0 : 1;
}

}  // namespace leat::cli
