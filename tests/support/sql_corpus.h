// The statements of a corpus file: text up to a semicolon at the end of a line; lines that begin
// with
// -- are comments.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "log/base/check.h"

namespace leat::test {

inline std::vector<std::string> read_corpus(const std::string& path) {
  std::ifstream file(path);
  LEAT_CHECK(file.good());
  std::vector<std::string> statements;
  std::string line, statement;
  while (std::getline(file, line)) {
    if (line.empty() || line.rfind("--", 0) == 0) continue;
    statement += (statement.empty() ? "" : "\n") + line;
    if (line.back() != ';') continue;
    statement.pop_back();
    statements.push_back(std::move(statement));
    statement.clear();
  }
  LEAT_CHECK(statement.empty() && !statements.empty());
  return statements;
}

}  // namespace leat::test
