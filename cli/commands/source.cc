#include <cstdio>

#include "cli/commands/commands.h"
#include "cli/commands/running.h"

namespace leat::cli {

Result<ExitStatus> run_source_resnapshot(const Config& config, const std::string& source) {
  LEAT_ASSIGN_OR_RETURN(ControlClient leat, running_process(config));
  LEAT_ASSIGN_OR_RETURN(std::string answer,
                        leat.post("/sources/" + path_part(source) + "/resnapshot", ""));
  (void)answer;  // only says that it has begun
  std::printf("%s: copying its tables anew; leat status shows how far it is\n", source.c_str());
  return 0;
}

}  // namespace leat::cli
