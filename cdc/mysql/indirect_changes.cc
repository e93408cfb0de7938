#include "cdc/mysql/indirect_changes.h"

#include <algorithm>
#include <set>

#include "cdc/mysql/statement.h"
#include "log/model/table_name.h"

namespace leat::cdc::mysql {
namespace {

// The schema, the name that statements use, the text.
constexpr const char* kLists[] = {
    R"(SELECT event_object_schema, event_object_table, action_statement
FROM information_schema.triggers WHERE trigger_schema <> 'sys')",
    R"(SELECT table_schema, table_name, view_definition
FROM information_schema.views WHERE table_schema <> 'sys')",
    R"(SELECT routine_schema, routine_name, routine_definition
FROM information_schema.routines WHERE routine_schema NOT IN ('sys', 'mysql'))",
};

}  // namespace

Result<std::vector<Indirection>> read_indirections(Client& client) {
  std::vector<Indirection> out;
  for (const char* list : kLists) {
    LEAT_ASSIGN_OR_RETURN(auto rows, client.query(list));
    for (const TextRow& row : rows) {
      const std::string schema = row[0].value_or("");
      out.push_back({lower_case(full_table_name(schema, row[1].value_or(""))),
                     names_in(row[2].value_or(""), schema)});
    }
  }
  return out;
}

std::vector<std::string> ways_to(const std::string& table, const std::vector<Indirection>& all) {
  std::set<std::string> reached = {lower_case(table)};
  size_t before = 0;
  while (reached.size() != before) {
    before = reached.size();
    for (const Indirection& one : all) {
      bool leads_there = std::any_of(one.names.begin(), one.names.end(),
                                     [&](const auto& name) { return reached.count(name) != 0; });
      if (leads_there) reached.insert(one.name);
    }
  }
  reached.erase(lower_case(table));
  return {reached.begin(), reached.end()};
}

}  // namespace leat::cdc::mysql
