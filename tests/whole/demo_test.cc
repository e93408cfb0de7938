// What ./dev demo shows is what it says: it ends well only where the view and the server agree.
#include <catch2/catch.hpp>

#include "tests/support/mysql_server.h"
#include "tests/support/process.h"
#include "tests/support/source_root.h"
#include "tests/whole/support/leat_server.h"

namespace leat::test {
namespace {

void play(std::vector<std::string> arguments, const std::string& server) {
  std::vector<std::string> argv = {source_root() / "examples/shop/demo.sh", "--seconds", "3"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  auto shown = run_to_end({.argv = argv,
                           .environment = {"LEAT_BUILD=" + build_directory()},
                           .output_path = {},
                           .user = {}});
  if (!shown.ok()) FAIL(shown.error().message());
  INFO(*shown);
  CHECK(shown->find("source shop · " + server) != std::string::npos);
  CHECK(shown->find(server + ", running the query:") != std::string::npos);
  CHECK(shown->find("all is durable") != std::string::npos);
}

}  // namespace

TEST_CASE("TheDemoOverPostgresEndsWithTheServersOwnAnswer") {
  play({}, "PostgreSQL");
}

TEST_CASE("TheDemoOverMariaDbEndsWithTheServersOwnAnswer") {
  std::string missing = MysqlServer::why_missing(MysqlKind::mariadb);
  if (!missing.empty()) {
    WARN("skipped: " << missing);
    return;
  }
  play({"--mysql"}, "MariaDB");
}

}  // namespace leat::test
