#include "cli/control/consumer_mark.h"

#include <spdlog/fmt/fmt.h>

#include <charconv>
#include <nlohmann/json.hpp>

namespace leat::cli {
namespace {

using nlohmann::json;

constexpr std::string_view kMarkBegins = "{\"cut\":";

}  // namespace

bool is_mark(std::string_view line) {
  return line.starts_with(kMarkBegins);
}

std::string mark_line(const ConsumerMark& mark) {
  return fmt::format("{}{},\"generation\":{},\"log\":\"{:016x}\"}}\n", kMarkBegins,
                     mark.cut.value(), mark.generation.value(), mark.incarnation);
}

Result<ConsumerMark> parse_mark(std::string_view line) {
  try {
    json parsed = json::parse(line);
    ConsumerMark mark;
    mark.cut = CutId(parsed.at("cut").get<uint64_t>());
    mark.generation = GenerationId(parsed.at("generation").get<uint64_t>());
    auto log = parsed.at("log").get<std::string>();
    auto read = std::from_chars(log.data(), log.data() + log.size(), mark.incarnation, 16);
    if (read.ec == std::errc() && read.ptr == log.data() + log.size()) return mark;
    return Error::permanent("this is no mark: its log is '" + log + "'");
  } catch (const json::exception& e) {
    return Error::permanent(std::string("this is no mark: ") + e.what());
  }
}

}  // namespace leat::cli
