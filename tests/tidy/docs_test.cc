// What the documents name is there: files, commands of ./dev, keys of the configuration.

#include <catch2/catch.hpp>
#include <regex>
#include <set>

#include "tests/tidy/source_tree.h"

namespace leat::tidy {
namespace {

std::vector<std::string> documents() {
  auto files = files_with({".md"});
  for (const char* file : {"README.md", "HACKING.md", "ARCHITECTURE.md"}) {
    if (fs::exists(root() / file)) files.push_back(file);
  }
  return files;
}

std::set<std::string> all_matches(const std::string& text, const std::regex& pattern) {
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
    found.insert((*at)[1]);
  }
  return found;
}

bool some_file_matches(const std::string& pattern) {
  std::string as_regex;
  for (char c : pattern) {
    if (c == '*')
      as_regex += "[^/]*";
    else if (c == '.')
      as_regex += "\\.";
    else
      as_regex += c;
  }
  std::regex whole(as_regex);
  for (const std::string& file : files_with({".h", ".cc", ".md", ".py", ".sql", ".yaml", ".sh"})) {
    if (std::regex_match(file, whole)) return true;
  }
  return false;
}

bool is_there(const std::string& path) {
  if (path.find('*') != std::string::npos) return some_file_matches(path);
  return fs::exists(root() / path);
}

// Fenced blocks hold the reader's own files and output.
std::string without_fenced_blocks(const std::string& text) {
  std::string out;
  bool fenced = false;
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with("```")) fenced = !fenced;
    if (!fenced) out += line + "\n";
  }
  return out;
}

// Paths into the rooms, as they stand in running text. A full stop behind one ends the sentence.
std::set<std::string> paths_in(const std::string& text) {
  static const std::regex kPath(
      R"((?:^|[\s`(\["])((?:log|compaction|cdc|joins|views|cli|tests|bench|examples|docs|cmake|\.ci)/[A-Za-z0-9_*./-]*[A-Za-z0-9_*/]))");
  return all_matches(without_fenced_blocks(text), kPath);
}

std::set<std::string> dev_commands() {
  std::string script = text_of(root() / "dev");
  std::string cases = script.substr(script.find("\ncase "));
  return all_matches(cases, std::regex(R"(\n\s+([a-z]+)\))"));
}

TEST_CASE("FilesThatTheDocumentsNameAreThere") {
  for (const std::string& document : documents()) {
    for (const std::string& path : paths_in(text_of(root() / document))) {
      if (!is_there(path)) FAIL_CHECK(document << " names " << path << ", which is not there");
    }
  }
}

TEST_CASE("CommandsOfDevThatTheDocumentsNameAreThere") {
  auto commands = dev_commands();
  CHECK(commands.count("test") == 1);
  for (const std::string& document : documents()) {
    for (const std::string& command :
         all_matches(text_of(root() / document), std::regex(R"(\./dev ([a-z]+))"))) {
      if (commands.count(command) == 0) FAIL_CHECK(document << " names ./dev " << command);
    }
  }
}

TEST_CASE("HackingNamesEveryCommandOfDev") {
  std::string hacking = text_of(root() / "HACKING.md");
  for (const std::string& command : dev_commands()) {
    if (hacking.find("./dev " + command) == std::string::npos) FAIL_CHECK("./dev " << command);
  }
}

TEST_CASE("ReadmeOpensWithTheTwoCommands") {
  std::string readme = text_of(root() / "README.md");
  size_t demo = readme.find("./dev demo");
  size_t test = readme.find("./dev test");
  CHECK(demo < 2500);
  CHECK(test < 2500);
}

}  // namespace
}  // namespace leat::tidy
