// What ./dev demo shows is what it says: it ends well only where the view and the server agree.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/support/mysql_server.h"
#include "tests/support/process.h"
#include "tests/support/sanitized.h"
#include "tests/support/source_root.h"
#include "tests/whole/support/leat_server.h"

namespace leat::test {
namespace {

// The command lines of those that run and have TEXT in theirs.
std::vector<std::string> processes_that_name(const std::string& text) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline");
    std::string line((std::istreambuf_iterator<char>(file)), {});
    if (line.find(text) != std::string::npos) out.push_back(line);
  }
  return out;
}

int resident_mb(const std::string& shown) {
  const std::string before = "resident memory of leat: ";
  size_t at = shown.find(before);
  REQUIRE(at != std::string::npos);
  return std::stoi(shown.substr(at + before.size()));
}

void play(std::vector<std::string> arguments, const std::string& server) {
  std::vector<std::string> argv = {source_root() / "examples/shop/demo.sh", "--seconds", "3"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  TempDir dir;
  ::chmod(dir.path().c_str(), 0777);  // the servers run as others
  auto shown =
      run_to_end({.argv = argv,
                  .environment = {"LEAT_BUILD=" + build_directory(), "TMPDIR=" + dir.path()},
                  .output_path = {},
                  .user = {}});
  if (!shown.ok()) FAIL(shown.error().message());
  INFO(*shown);
  CHECK(shown->find("source shop · " + server) != std::string::npos);
  CHECK(shown->find(server + ", running the query:") != std::string::npos);
  CHECK(shown->find("all is durable") != std::string::npos);
  if (!kIsSanitized) CHECK(resident_mb(*shown) < 150);
  CHECK(std::filesystem::is_empty(dir.path()));
  CHECK(processes_that_name(dir.path()).empty());
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
