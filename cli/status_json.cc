#include <nlohmann/json.hpp>

#include "cli/status_report.h"

namespace leat::cli {
namespace {

using nlohmann::json;

constexpr cdc::SourceState kStates[] = {cdc::SourceState::connecting,
                                        cdc::SourceState::snapshotting, cdc::SourceState::streaming,
                                        cdc::SourceState::retrying, cdc::SourceState::stopped};

json to_json(const cdc::SourceStatus& source) {
  json snapshot = json::array();
  for (const auto& table : source.snapshot) {
    snapshot.push_back({{"table", table.table},
                        {"rows_done", table.rows_done},
                        {"rows_estimated", table.rows_estimated},
                        {"done", table.done}});
  }
  json stopped = json::array();
  for (const auto& table : source.stopped_tables) {
    stopped.push_back({{"table", table.table}, {"reason", table.reason}});
  }
  return {{"name", source.name},
          {"server", source.server},
          {"state", cdc::to_text(source.state)},
          {"error", source.last_error},
          {"position", source.position},
          {"behind_bytes", source.behind_bytes},
          {"behind_us", source.behind_us},
          {"changes_total", source.changes_total},
          {"transactions_total", source.transactions_total},
          {"changes_per_second", source.changes_per_second},
          {"snapshot", snapshot},
          {"stopped_tables", stopped}};
}

template <class T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json();
}

json to_json(const ViewReport& view) {
  return {{"name", view.name},
          {"state", view.state},
          {"rows", or_null(view.rows)},
          {"cut", view.cut},
          {"behind_cuts", view.behind_cuts},
          {"behind_us", view.behind_us},
          {"behind_bytes", view.behind_bytes},
          {"progress", or_null(view.progress)},
          {"changes_per_second", view.changes_per_second},
          {"left_us", or_null(view.left_us)},
          {"error", view.error}};
}

cdc::SourceState state_of(const std::string& text) {
  for (cdc::SourceState state : kStates) {
    if (text == cdc::to_text(state)) return state;
  }
  return cdc::SourceState::stopped;
}

cdc::SourceStatus source_of(const json& from) {
  cdc::SourceStatus source;
  from.at("name").get_to(source.name);
  from.at("server").get_to(source.server);
  source.state = state_of(from.at("state"));
  from.at("error").get_to(source.last_error);
  from.at("position").get_to(source.position);
  from.at("behind_bytes").get_to(source.behind_bytes);
  from.at("behind_us").get_to(source.behind_us);
  from.at("changes_total").get_to(source.changes_total);
  from.at("transactions_total").get_to(source.transactions_total);
  from.at("changes_per_second").get_to(source.changes_per_second);
  for (const json& table : from.at("snapshot")) {
    source.snapshot.push_back(
        {table.at("table"), table.at("rows_done"), table.at("rows_estimated"), table.at("done")});
  }
  for (const json& table : from.at("stopped_tables")) {
    source.stopped_tables.push_back({table.at("table"), table.at("reason")});
  }
  return source;
}

template <class T>
std::optional<T> optional_of(const json& from) {
  return from.is_null() ? std::nullopt : std::optional<T>(from.get<T>());
}

ViewReport view_of(const json& from) {
  ViewReport view;
  from.at("name").get_to(view.name);
  from.at("state").get_to(view.state);
  view.rows = optional_of<uint64_t>(from.at("rows"));
  from.at("cut").get_to(view.cut);
  from.at("behind_cuts").get_to(view.behind_cuts);
  from.at("behind_us").get_to(view.behind_us);
  from.at("behind_bytes").get_to(view.behind_bytes);
  view.progress = optional_of<double>(from.at("progress"));
  from.at("changes_per_second").get_to(view.changes_per_second);
  view.left_us = optional_of<int64_t>(from.at("left_us"));
  from.at("error").get_to(view.error);
  return view;
}

StatusReport report_of(const json& from) {
  StatusReport report;
  from.at("version").get_to(report.version);
  from.at("cut").get_to(report.cut);
  from.at("log_bytes").get_to(report.log_bytes);
  from.at("state_bytes").get_to(report.state_bytes);
  from.at("memory_bytes").get_to(report.memory_bytes);
  from.at("memory_limit_bytes").get_to(report.memory_limit_bytes);
  from.at("up_us").get_to(report.up_us);
  from.at("sql_connections").get_to(report.sql_connections);
  for (const json& source : from.at("sources")) report.sources.push_back(source_of(source));
  for (const json& view : from.at("views")) report.views.push_back(view_of(view));
  return report;
}

}  // namespace

std::string status_json(const StatusReport& report) {
  json sources = json::array(), views = json::array();
  for (const auto& source : report.sources) sources.push_back(to_json(source));
  for (const auto& view : report.views) views.push_back(to_json(view));
  json out = {{"version", report.version},
              {"cut", report.cut},
              {"log_bytes", report.log_bytes},
              {"state_bytes", report.state_bytes},
              {"memory_bytes", report.memory_bytes},
              {"memory_limit_bytes", report.memory_limit_bytes},
              {"up_us", report.up_us},
              {"sql_connections", report.sql_connections},
              {"sources", sources},
              {"views", views}};
  return out.dump(2, ' ', false, json::error_handler_t::replace);
}

Result<StatusReport> parse_status_json(std::string_view text) {
  try {
    return report_of(json::parse(text));
  } catch (const json::exception& e) {
    return Error::permanent(std::string("the running process answers in another form (is it ") +
                            "another version of leat?): " + e.what());
  }
}

}  // namespace leat::cli
