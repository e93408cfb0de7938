#include "log/data_paths.h"

#include <charconv>

namespace leat::log {
namespace {

constexpr size_t kNumberDigits = 20;

bool is_legal(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

std::optional<uint64_t> parse_number(std::string_view digits) {
  uint64_t number = 0;
  const char* end = digits.data() + digits.size();
  auto [at, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || at != end) return std::nullopt;
  return number;
}

}  // namespace

std::string topic_file_name(std::string_view topic) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (char c : topic) {
    if (is_legal(c)) {
      out.push_back(c);
      continue;
    }
    auto byte = static_cast<uint8_t>(c);
    out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
  }
  return out;
}

std::string DataPaths::journal(uint64_t number) const {
  return journal_dir() + "/" + numbered_name(number, kJournalSuffix);
}

std::string DataPaths::generation_dir(GenerationId generation) const {
  return segments_dir() + "/" + std::to_string(generation.value());
}

std::string DataPaths::partition_dir(PartitionId partition, std::string_view topic) const {
  return generation_dir(partition.generation) + "/" + topic_file_name(topic) + "-" +
         std::to_string(partition.index.value());
}

std::string numbered_name(uint64_t number, std::string_view suffix) {
  std::string digits = std::to_string(number);
  return std::string(kNumberDigits - digits.size(), '0') + digits + std::string(suffix);
}

std::optional<uint64_t> number_of_name(std::string_view name, std::string_view suffix) {
  if (name.size() != kNumberDigits + suffix.size() || !name.ends_with(suffix)) return std::nullopt;
  return parse_number(name.substr(0, kNumberDigits));
}

std::optional<GenerationId> parse_generation_dir(std::string_view name) {
  auto number = parse_number(name);
  return number ? std::optional(GenerationId(*number)) : std::nullopt;
}

}  // namespace leat::log
