#include "cli/config/config_section.h"

#include <algorithm>
#include <charconv>

#include "cli/text/nearest.h"
#include "cli/text/units.h"

namespace leat::cli {
namespace {

// What a value is, for "must be a list, not a map".
std::string kind_name(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return "nothing";
    case YamlNode::Kind::scalar:
      return "'" + node.scalar + "'";
    case YamlNode::Kind::list:
      return "a list";
    case YamlNode::Kind::map:
      return "a map";
  }
  return "";
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

}  // namespace

Result<ConfigSection> ConfigSection::of(const std::string& file, std::string path,
                                        const YamlNode& node) {
  ConfigSection section(file, std::move(path), &node);
  if (node.kind == YamlNode::Kind::map || node.kind == YamlNode::Kind::null) return section;
  std::string where = section.path_.empty() ? "the file" : section.path_;
  return section.error_at(node.line, where + " must be a map of keys, not " + kind_name(node));
}

std::string ConfigSection::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

Error ConfigSection::error_at(int line, std::string_view message) const {
  return Error::permanent(file_ + ":" + std::to_string(line) + ": " + std::string(message));
}

Error ConfigSection::error(std::string_view key, std::string_view message) const {
  int line = node_->line;
  for (const YamlEntry& entry : node_->entries) {
    if (entry.key == key) line = entry.line;
  }
  return error_at(line, path_of(key) + " " + std::string(message));
}

Status ConfigSection::check_keys(const std::vector<std::string>& known) const {
  for (const YamlEntry& entry : node_->entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    std::string message = "unknown key '" + entry.key + "'";
    if (!path_.empty()) message += " under " + path_;
    auto nearest = nearest_word(entry.key, known);
    message += nearest ? "; did you mean '" + *nearest + "'?" : "; known are " + joined(known);
    return error_at(entry.line, message);
  }
  return {};
}

const YamlNode* ConfigSection::find(std::string_view key) const {
  for (const YamlEntry& entry : node_->entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

Result<std::optional<std::string>> ConfigSection::text(std::string_view key) const {
  const YamlNode* node = find(key);
  if (node == nullptr) return std::optional<std::string>();
  if (node->kind == YamlNode::Kind::scalar) return std::optional(node->scalar);
  return error(key, "must be text, not " + kind_name(*node));
}

Result<std::optional<int64_t>> ConfigSection::integer(std::string_view key, int64_t min,
                                                      int64_t max) const {
  const YamlNode* node = find(key);
  if (node == nullptr) return std::optional<int64_t>();
  int64_t value = 0;
  const char* end = node->scalar.data() + node->scalar.size();
  auto parsed = std::from_chars(node->scalar.data(), end, value);
  bool good = node->kind == YamlNode::Kind::scalar && parsed.ec == std::errc() &&
              parsed.ptr == end && value >= min && value <= max;
  if (good) return std::optional(value);
  return error(key, "must be a number from " + std::to_string(min) + " to " + std::to_string(max) +
                        ", not " + kind_name(*node));
}

Result<std::optional<uint64_t>> ConfigSection::bytes(std::string_view key, uint64_t min) const {
  const YamlNode* node = find(key);
  if (node == nullptr) return std::optional<uint64_t>();
  auto value = node->kind == YamlNode::Kind::scalar ? parse_bytes(node->scalar) : std::nullopt;
  if (!value) return error(key, "must be a size such as 512MB or 2GB, not " + kind_name(*node));
  if (*value >= min) return value;
  return error(key, "is " + bytes_text(*value) + "; the least is " + bytes_text(min));
}

Result<std::vector<std::string>> ConfigSection::texts(std::string_view key) const {
  const YamlNode* node = find(key);
  if (node == nullptr) return std::vector<std::string>();
  if (node->kind == YamlNode::Kind::scalar) return std::vector<std::string>{node->scalar};
  if (node->kind != YamlNode::Kind::list) {
    return error(key, "must be a list such as [public.*], not " + kind_name(*node));
  }
  std::vector<std::string> out;
  for (const YamlNode& item : node->items) {
    if (item.kind != YamlNode::Kind::scalar) {
      return error_at(item.line, path_of(key) + " must hold text only, not " + kind_name(item));
    }
    out.push_back(item.scalar);
  }
  return out;
}

Result<ConfigSection> ConfigSection::section(const YamlEntry& entry) const {
  return of(file_, path_of(entry.key), entry.value);
}

}  // namespace leat::cli
