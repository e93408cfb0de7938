#include <cstdio>

#include "cli/commands/commands.h"
#include "cli/commands/running.h"
#include "cli/status_report.h"
#include "cli/text/query_result.h"
#include "cli/text/status_text.h"
#include "cli/text/table.h"
#include "cli/text/units.h"
#include "views/sql/sql.h"

namespace leat::cli {
namespace {

// SQL's "name" and 'value', their own marks doubled.
std::string quoted(const std::string& text, char mark) {
  std::string out(1, mark);
  for (char c : text) out += c == mark ? std::string(2, mark) : std::string(1, c);
  return out + mark;
}

Result<StatusReport> fetch_status(const ControlClient& leat) {
  LEAT_ASSIGN_OR_RETURN(std::string body, leat.get("/status"));
  return parse_status_json(body);
}

// Its columns with their types: a query that gives no row.
Result<QueryResult> fetch_columns(const ControlClient& leat, const std::string& view) {
  LEAT_ASSIGN_OR_RETURN(std::string body,
                        leat.post("/query", "SELECT * FROM " + quoted(view, '"') + " LIMIT 0"));
  return parse_query_result(body);
}

Result<ViewReport> find_view(const ControlClient& leat, const std::string& name) {
  LEAT_ASSIGN_OR_RETURN(StatusReport report, fetch_status(leat));
  std::string known;
  for (ViewReport& view : report.views) {
    if (view.name == name) return std::move(view);
    known += (known.empty() ? "" : ", ") + view.name;
  }
  return Error::permanent("there is no view " + name +
                          (known.empty() ? "; there are none" : "; there are " + known));
}

}  // namespace

Result<ExitStatus> run_view_list(const Config& config) {
  LEAT_ASSIGN_OR_RETURN(ControlClient leat, running_process(config));
  LEAT_ASSIGN_OR_RETURN(StatusReport report, fetch_status(leat));
  std::fputs(views_text(report).c_str(), stdout);
  return 0;
}

Result<ExitStatus> run_view_rebuild(const Config& config, const std::string& view) {
  LEAT_ASSIGN_OR_RETURN(ControlClient leat, running_process(config));
  LEAT_ASSIGN_OR_RETURN(std::string answer,
                        leat.post("/views/" + path_part(view) + "/rebuild", ""));
  (void)answer;  // only says that it has begun
  std::printf("%s: being built anew; leat status shows how far it is\n", view.c_str());
  return 0;
}

Result<ExitStatus> run_view_drop(const Config& config, const std::string& view) {
  LEAT_ASSIGN_OR_RETURN(ControlClient leat, running_process(config));
  LEAT_ASSIGN_OR_RETURN(std::string answer, leat.post("/views/" + path_part(view) + "/drop", ""));
  (void)answer;  // says nothing more
  std::printf("%s: dropped\n", view.c_str());
  return 0;
}

Result<ExitStatus> run_view_describe(const Config& config, const std::string& name) {
  LEAT_ASSIGN_OR_RETURN(ControlClient leat, running_process(config));
  LEAT_ASSIGN_OR_RETURN(ViewReport view, find_view(leat, name));
  StatusReport alone;
  alone.views = {view};
  std::fputs(views_text(alone).c_str(), stdout);
  auto result = fetch_columns(leat, name);
  if (result.ok()) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& column : result->columns) rows.push_back({column.name, column.type});
    std::fputs(aligned_table({"COLUMN", "TYPE"}, rows).c_str(), stdout);
  } else if (view.error.empty()) {
    std::printf("%s\n", result.error().message().c_str());
  }
  for (const ViewFile& file : config.views) {
    auto definition = views::sql::parse_view(file.text);
    if (definition.ok() && definition->name == name) {
      std::printf("%s:\n%s", file.path.c_str(), file.text.c_str());
    }
  }
  return 0;
}

Result<ExitStatus> run_view_get(const Config& config, const std::string& view,
                                const std::vector<std::string>& key) {
  LEAT_ASSIGN_OR_RETURN(ControlClient leat, running_process(config));
  LEAT_ASSIGN_OR_RETURN(QueryResult columns, fetch_columns(leat, view));
  if (key.size() > columns.columns.size()) {
    return Error::permanent(view + " has " + count_text(columns.columns.size()) + " columns, not " +
                            count_text(key.size()));
  }
  std::string sql = "SELECT * FROM " + quoted(view, '"');
  for (size_t i = 0; i < key.size(); ++i) {
    sql += (i == 0 ? " WHERE " : " AND ") + quoted(columns.columns[i].name, '"') + " = " +
           quoted(key[i], '\'');
  }
  return run_query(config, sql, QueryFormat::json);
}

}  // namespace leat::cli
