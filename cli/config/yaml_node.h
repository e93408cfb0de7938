// A YAML document as a plain tree that knows its lines: what the configuration is read from. Keeps
// yaml-cpp and its exceptions in one file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "log/base/status.h"

namespace leat::cli {

struct YamlEntry;

struct YamlNode {
  enum class Kind : unsigned char { null, scalar, list, map };

  Kind kind = Kind::null;
  int line = 1;                    // from 1
  std::string scalar;              // of a scalar
  std::vector<YamlNode> items;     // of a list
  std::vector<YamlEntry> entries;  // of a map, in the file's order; no key stands twice
};

struct YamlEntry {
  std::string key;
  int line = 1;
  YamlNode value;
};

// Parses one document. Errors are permanent and led by "FILE:LINE: ": bad syntax, a key that stands
// twice, aliases (refused: a configuration is read by people), more than 100,000 nodes.
Result<YamlNode> parse_yaml(const std::string& file, std::string_view text);

}  // namespace leat::cli
