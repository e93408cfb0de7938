#include <cstdio>

#include "cli/commands/commands.h"
#include "cli/commands/running.h"
#include "cli/text/query_result.h"

namespace leat::cli {
namespace {

std::string formatted(const QueryResult& result, QueryFormat format) {
  switch (format) {
    case QueryFormat::csv:
      return result_as_csv(result);
    case QueryFormat::json:
      return result_as_json_lines(result);
    case QueryFormat::table:
      break;
  }
  return result_as_table(result);
}

}  // namespace

Result<ExitStatus> run_query(const Config& config, const std::string& sql, QueryFormat format) {
  LEAT_ASSIGN_OR_RETURN(ControlClient leat, running_process(config));
  LEAT_ASSIGN_OR_RETURN(std::string body, leat.post("/query", sql));
  LEAT_ASSIGN_OR_RETURN(QueryResult result, parse_query_result(body));
  std::fputs(formatted(result, format).c_str(), stdout);
  return 0;
}

}  // namespace leat::cli
