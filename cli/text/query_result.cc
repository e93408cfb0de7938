#include "cli/text/query_result.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "cli/text/table.h"
#include "cli/text/units.h"

namespace leat::cli {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

bool is_number(std::string_view type) {
  static constexpr std::array<std::string_view, 6> kNumbers = {
      "smallint", "integer", "bigint", "real", "double precision", "numeric"};
  return std::find(kNumbers.begin(), kNumbers.end(), type) != kNumbers.end();
}

std::string csv_field(const std::string& text) {
  bool plain = !text.empty() && text.find_first_of(",\"\r\n") == std::string::npos;
  if (plain) return text;
  std::string out = "\"";
  for (char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

// NaN and Infinity are no JSON numbers: they stay text. So do numbers that a reader's doubles would
// round.
ordered_json json_value(const std::string& type, const std::optional<std::string>& text) {
  if (!text) return nullptr;
  if (type == "boolean") return *text == "t";
  if (!is_number(type) || text->size() > 15) return *text;
  auto number = ordered_json::parse(*text, nullptr, false);
  return number.is_number() ? number : ordered_json(*text);
}

}  // namespace

std::string query_result_json(const QueryResult& result) {
  json columns = json::array(), rows = json::array();
  for (const auto& column : result.columns) {
    columns.push_back({{"name", column.name}, {"type", column.type}});
  }
  for (const auto& row : result.rows) {
    json values = json::array();
    for (const auto& value : row) values.push_back(value ? json(*value) : json());
    rows.push_back(std::move(values));
  }
  json out = {{"cut", result.cut}, {"columns", columns}, {"rows", std::move(rows)}};
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<QueryResult> parse_query_result(std::string_view text) {
  try {
    json from = json::parse(text);
    QueryResult result;
    from.at("cut").get_to(result.cut);
    for (const json& column : from.at("columns")) {
      result.columns.push_back({column.at("name"), column.at("type")});
    }
    for (const json& values : from.at("rows")) {
      auto& row = result.rows.emplace_back();
      for (const json& value : values) {
        row.push_back(value.is_null() ? std::nullopt : std::optional(value.get<std::string>()));
      }
      if (row.size() != result.columns.size()) return Error::permanent("a row of another width");
    }
    return result;
  } catch (const json::exception& e) {
    return Error::permanent(std::string("the running process answers in another form: ") +
                            e.what());
  }
}

std::string result_as_table(const QueryResult& result) {
  std::vector<std::string> header;
  std::vector<Align> align;
  for (const auto& column : result.columns) {
    header.push_back(column.name);
    align.push_back(is_number(column.type) ? Align::right : Align::left);
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : result.rows) {
    auto& cells = rows.emplace_back();
    for (const auto& value : row) cells.push_back(value.value_or("NULL"));
  }
  return aligned_table(header, rows, align) + "(" + count_text(rows.size()) +
         (rows.size() == 1 ? " row" : " rows") + ", cut " + count_text(result.cut) + ")\n";
}

std::string result_as_csv(const QueryResult& result) {
  std::string out;
  for (size_t i = 0; i < result.columns.size(); ++i) {
    out += (i > 0 ? "," : "") + csv_field(result.columns[i].name);
  }
  out += "\n";
  for (const auto& row : result.rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out += ",";
      if (row[i]) out += csv_field(*row[i]);
    }
    out += "\n";
  }
  return out;
}

std::string result_as_json_lines(const QueryResult& result) {
  std::string out;
  for (const auto& row : result.rows) {
    ordered_json object = ordered_json::object();
    for (size_t i = 0; i < row.size(); ++i) {
      object[result.columns[i].name] = json_value(result.columns[i].type, row[i]);
    }
    out += object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  }
  return out;
}

}  // namespace leat::cli
