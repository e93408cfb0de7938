// Includes point down only, and each foreign library is known to its own room alone.

#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <regex>

#include "tests/tidy/source_tree.h"

namespace leat::tidy {
namespace {

struct Include {
  std::string path;
  bool angled = false;  // <…>, not "…"
};

std::vector<Include> includes_of(const std::string& file) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> includes;
  for (const std::string& line : lines_of(text_of(root() / file))) {
    std::smatch match;
    if (std::regex_search(line, match, kInclude)) includes.push_back({match[2], match[1] == "<"});
  }
  return includes;
}

// A room, and what its files may include: rooms (with all below them), or single headers. The
// longest room name that a file lies below counts; each room may always include itself.
struct Room {
  std::string name;
  std::vector<std::string> sees;
};

const std::vector<Room>& rooms() {
  static const std::vector<Room> all = {
      {"log/base", {}},
      {"log/model", {"log/base"}},
      {"log/store", {"log/base", "log/model"}},
      {"log", {"log/base", "log/model"}},
      {"compaction", {"log"}},
      {"cdc", {"log"}},
      {"joins/scalar", {"log/base", "log/model"}},
      {"joins", {"log", "joins/scalar"}},
      // What SQL can name is an interface above the planner; nothing else of views is seen by it.
      {"views/sql", {"log/base", "log/model", "joins", "views/relation.h"}},
      {"views/serve", {"log", "joins", "views"}},
      {"views/sinks", {"log", "joins", "views"}},
      {"views", {"log", "joins", "views/sql"}},
      {"cli", {"log", "compaction", "cdc", "joins", "views"}},
      {"tests/support", {"log", "cdc", "joins", "views"}},
      {"tests", {"log", "compaction", "cdc", "joins", "views", "cli", "bench", "tests/support"}},
      {"bench",
       {"log", "compaction", "cdc", "joins", "views", "cli", "tests/support", "tests/whole/support",
        "tests/kafka/support"}},
      {"examples", {"tests/support"}},
  };
  return all;
}

const Room* room_of(const std::string& file) {
  const Room* best = nullptr;
  for (const Room& room : rooms()) {
    bool longer = best == nullptr || room.name.size() > best->name.size();
    if (is_below(directory_of(file), room.name) && longer) best = &room;
  }
  return best;
}

bool may_include(const Room& room, const std::string& header) {
  const Room* target = room_of(header);
  if (target == nullptr) return false;
  if (target == &room) return true;
  return std::any_of(room.sees.begin(), room.sees.end(), [&](const std::string& seen) {
    return header == seen || is_below(directory_of(header), seen);
  });
}

// Foreign headers by how they begin, and the rooms whose .cc files may include them.
const std::map<std::string, std::vector<std::string>>& foreign() {
  static const std::map<std::string, std::vector<std::string>> all = {
      {"rocksdb/", {"log/store", "bench"}},
      {"libpq-fe.h", {"cdc/postgres", "tests", "bench", "examples"}},
      {"libpq/", {"cdc/postgres", "bench", "examples"}},
      {"ma_pvio.h", {"cdc/mysql"}},
      {"mysql.h", {"cdc/mysql", "tests", "bench", "examples"}},
      {"mysql_connection.h", {"cdc/mysql"}},
      {"mysql_driver.h", {"cdc/mysql"}},
      {"cppconn/", {"cdc/mysql"}},
      {"zlib.h", {"cdc/mysql"}},
      {"pg_query.h", {"views/sql"}},
      {"pg_query/", {"views/sql"}},
      {"boost/multiprecision/", {"log/model"}},
      {"boost/", {"views/serve", "cli/control", "tests/serve", "tests/whole", "bench"}},
      {"nlohmann/", {"log/model", "views/serve", "cli", "tests", "bench"}},
      {"yaml-cpp/", {"cli/config"}},
      {"CLI/", {"cli/commands", "examples"}},
      {"spdlog/",
       {"log", "compaction", "cdc", "joins", "views", "cli", "tests", "bench", "examples"}},
      {"xxhash.h", {"log/base"}},
      {"lz4frame.h", {"log", "tests/log"}},
      {"zstd.h", {"log", "cdc/mysql", "tests/log"}},
      {"catch2/", {"tests"}},
  };
  return all;
}

bool is_system(const std::string& header) {
  // The standard library's have neither a dot nor a slash; POSIX's and the compiler's are these.
  static const std::regex kPosix(
      R"((sys/\w+|netinet/\w+|arpa/inet|fcntl|grp|iconv|unistd|poll|glob|fnmatch|pwd|signal|dirent|spawn|netdb|pthread|malloc|\w*intrin)\.h)");
  return header.find_first_of("./") == std::string::npos || std::regex_match(header, kPosix);
}

// The rooms of the longest beginning that HEADER has; null where nobody's.
const std::vector<std::string>* rooms_of_foreign(const std::string& header) {
  const std::vector<std::string>* best = nullptr;
  for (const auto& [prefix, allowed] : foreign()) {  // a longer one comes later
    if (header.starts_with(prefix)) best = &allowed;
  }
  return best;
}

std::optional<std::string> foreign_fault(const std::string& file, const std::string& header) {
  const auto* allowed = rooms_of_foreign(header);
  if (allowed == nullptr) return "an unknown header: say in layering_test.cc whose it is";
  bool a_library = !is_below(directory_of(file), "tests") && !is_below(directory_of(file), "bench");
  if (file.ends_with(".h") && a_library) return "a foreign header in a header";
  for (const std::string& room : *allowed) {
    if (is_below(directory_of(file), room)) return std::nullopt;
  }
  return "not in this room";
}

std::vector<std::string> faults_of(const std::string& file) {
  std::vector<std::string> faults;
  const Room* room = room_of(file);
  if (room == nullptr) return {file + " lies in no room"};
  for (const Include& include : includes_of(file)) {
    if (!include.angled) {
      if (!may_include(*room, include.path)) {
        faults.push_back(file + " includes " + include.path + ": " + room->name +
                         " may not see it");
      }
    } else if (!is_system(include.path)) {
      auto fault = foreign_fault(file, include.path);
      if (fault) faults.push_back(file + " includes <" + include.path + ">: " + *fault);
    }
  }
  return faults;
}

TEST_CASE("IncludesPointDownOnly") {
  size_t files = 0;
  for (const std::string& file : code_files()) {
    ++files;
    for (const std::string& fault : faults_of(file)) FAIL_CHECK(fault);
  }
  CHECK(files > 20);
}

TEST_CASE("TheRuleItselfTellsUpFromDown") {
  CHECK(may_include(*room_of("joins/join.cc"), "log/store/store.h"));
  CHECK_FALSE(may_include(*room_of("joins/join.cc"), "views/relation.h"));
  CHECK_FALSE(may_include(*room_of("joins/join.cc"), "cdc/source.h"));
  CHECK_FALSE(may_include(*room_of("cdc/assembler.cc"), "joins/delta.h"));
  CHECK_FALSE(may_include(*room_of("log/model/row.cc"), "log/change_log.h"));
  CHECK_FALSE(may_include(*room_of("log/local_log.cc"), "log/store/store.h"));
  CHECK(may_include(*room_of("views/sql/planner.cc"), "views/relation.h"));
  CHECK_FALSE(may_include(*room_of("views/sql/planner.cc"), "views/maintainer.h"));
  CHECK(may_include(*room_of("cli/engine.cc"), "cdc/postgres/source.h"));
  CHECK_FALSE(may_include(*room_of("cli/engine.cc"), "tests/support/process.h"));
  CHECK(foreign_fault("views/maintainer.cc", "rocksdb/db.h").has_value());
  CHECK(foreign_fault("log/store/store.h", "rocksdb/db.h").has_value());
  CHECK_FALSE(foreign_fault("log/store/store.cc", "rocksdb/db.h").has_value());
}

}  // namespace
}  // namespace leat::tidy
