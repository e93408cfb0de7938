#include "views/definitions.h"

#include <spdlog/fmt/fmt.h>

#include "views/sql/sql.h"

namespace leat::views {

Definitions parse_definitions(const std::vector<DefinitionFile>& files) {
  Definitions out;
  for (const DefinitionFile& file : files) {
    auto view = sql::parse_view(file.text);
    if (!view.ok()) {
      out.errors.push_back(sql::describe(view.error(), file.path, file.text));
      continue;
    }
    ViewSource source{view->name, file.path, file.text, view->query, view->query_offset};
    auto [at, added] = out.views.emplace(view->name, source);
    if (!added) {
      out.errors.push_back(fmt::format("{}: view {} is already defined in {}", file.path,
                                       view->name, at->second.path));
    }
  }
  return out;
}

}  // namespace leat::views
