// One map of the configuration: its keys checked against those that are known, its values by type.
// Every error names file, line and the place in the tree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/config/yaml_node.h"
#include "log/base/status.h"

namespace leat::cli {

class ConfigSection {
 public:
  // A view of NODE, which must outlive it. PATH is its place in the tree ("sources.shop"), empty
  // for the whole file. An absent value (`sources:` with nothing behind) reads as an empty map.
  static Result<ConfigSection> of(const std::string& file, std::string path, const YamlNode& node);

  // Refuses any key that is not in KNOWN.
  Status check_keys(const std::vector<std::string>& known) const;

  // Null where the key is absent.
  const YamlNode* find(std::string_view key) const;
  Result<std::optional<std::string>> text(std::string_view key) const;
  Result<std::optional<int64_t>> integer(std::string_view key, int64_t min, int64_t max) const;
  Result<std::optional<uint64_t>> bytes(std::string_view key, uint64_t min) const;
  // A list of texts, or one text for a list of one; empty where the key is absent.
  Result<std::vector<std::string>> texts(std::string_view key) const;
  Result<ConfigSection> section(const YamlEntry& entry) const;

  const std::vector<YamlEntry>& entries() const { return node_->entries; }
  const std::string& path() const { return path_; }
  int line() const { return node_->line; }

  // "FILE:LINE: PATH.KEY MESSAGE".
  Error error(std::string_view key, std::string_view message) const;
  Error error_at(int line, std::string_view message) const;

 private:
  ConfigSection(std::string file, std::string path, const YamlNode* node)
      : file_(std::move(file)), path_(std::move(path)), node_(node) {}

  std::string path_of(std::string_view key) const;

  std::string file_;
  std::string path_;
  const YamlNode* node_;
};

}  // namespace leat::cli
