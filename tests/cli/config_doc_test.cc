#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "cli/config/config.h"
#include "tests/support/source_root.h"

namespace leat::cli {
namespace {

std::string documentation() {
  std::ifstream in(test::source_root() / "docs/configuration.md");
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string documented_name(std::string path) {
  size_t star = path.find('*');
  if (star != std::string::npos) path.replace(star, 1, "NAME");
  return "`" + path + "`";
}

TEST_CASE("DocumentationNamesEveryKeyWithItsTypeAndDefault") {
  std::string text = documentation();
  for (const ConfigKey& key : config_keys()) {
    INFO(key.path);
    size_t at = text.find(documented_name(key.path));
    CHECK(at != std::string::npos);
    if (at == std::string::npos) continue;
    std::string row = text.substr(at, text.find('\n', at) - at);
    CHECK(row.find(key.type) != std::string::npos);
    CHECK(row.find(key.default_value) != std::string::npos);
  }
}

}  // namespace
}  // namespace leat::cli
