#include <cstdio>

#include "cli/commands/commands.h"
#include "cli/commands/running.h"
#include "cli/status_report.h"
#include "cli/text/status_text.h"

namespace leat::cli {

Result<ExitStatus> run_status(const Config& config, bool json) {
  LEAT_ASSIGN_OR_RETURN(ControlClient leat, running_process(config));
  LEAT_ASSIGN_OR_RETURN(std::string body, leat.get("/status"));
  LEAT_ASSIGN_OR_RETURN(StatusReport report, parse_status_json(body));
  std::fputs((json ? body + "\n" : status_text(report)).c_str(), stdout);
  return 0;
}

}  // namespace leat::cli
