// What the view files ask for.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "views/view_catalog.h"

namespace leat::views {

// A file with one CREATE MATERIALIZED VIEW.
struct DefinitionFile {
  std::string path;
  std::string text;
};

struct Definitions {
  std::map<std::string, ViewSource, std::less<>> views;  // by name
  std::vector<std::string> errors;                       // "views/a.sql:1:8: …": files left out
};

// A file that does not parse is an error of its own; so is a second view of the same name.
Definitions parse_definitions(const std::vector<DefinitionFile>& files);

}  // namespace leat::views
