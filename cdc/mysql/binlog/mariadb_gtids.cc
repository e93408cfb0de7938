#include "cdc/mysql/binlog/mariadb_gtids.h"

#include <spdlog/fmt/fmt.h>

#include <charconv>
#include <optional>

#include "log/model/text_scan.h"

namespace leat::cdc::mysql {
namespace {

Error malformed(std::string_view text) {
  return Error::permanent(fmt::format("this is no list of MariaDB's GTIDs: \"{}\"", text));
}

// A number and END behind it, off the front of TEXT.
template <class T>
bool take_number(std::string_view* text, char end, T* out) {
  auto parsed = std::from_chars(text->data(), text->data() + text->size(), *out);
  text->remove_prefix(static_cast<size_t>(parsed.ptr - text->data()));
  if (parsed.ec != std::errc()) return false;
  if (end == '\0') return text->empty();
  if (text->empty() || text->front() != end) return false;
  text->remove_prefix(1);
  return true;
}

std::optional<MariadbGtidId> parse_id(std::string_view text) {
  MariadbGtidId out;
  bool good = take_number(&text, '-', &out.domain) && take_number(&text, '-', &out.server_id) &&
              take_number(&text, '\0', &out.sequence);
  if (!good) return std::nullopt;
  return out;
}

}  // namespace

std::string to_text(const MariadbGtidId& id) {
  return fmt::format("{}-{}-{}", id.domain, id.server_id, id.sequence);
}

Result<std::vector<MariadbGtidId>> parse_mariadb_gtid_list(std::string_view text) {
  std::vector<MariadbGtidId> out;
  for (std::string_view rest = trim_space(text); !rest.empty();) {
    size_t size = std::min(rest.find(','), rest.size());
    auto id = parse_id(trim_space(rest.substr(0, size)));
    if (!id) return malformed(text);
    out.push_back(*id);
    bool more = size < rest.size();
    rest.remove_prefix(size + (more ? 1 : 0));
    if (more && rest.empty()) return malformed(text);
  }
  return out;
}

Result<MariadbGtids> MariadbGtids::parse(std::string_view text) {
  LEAT_ASSIGN_OR_RETURN(auto ids, parse_mariadb_gtid_list(text));
  MariadbGtids out;
  for (const MariadbGtidId& id : ids) {
    if (!out.last_.emplace(id.domain, id).second) return malformed(text);
  }
  return out;
}

void MariadbGtids::add(const MariadbGtidId& id) {
  MariadbGtidId& last = last_[id.domain];
  if (id.sequence >= last.sequence) last = id;
}

void MariadbGtids::add(const MariadbGtids& other) {
  for (const auto& [domain, id] : other.last_) add(id);
}

std::optional<MariadbGtidId> MariadbGtids::last_of(uint32_t domain) const {
  auto found = last_.find(domain);
  return found == last_.end() ? std::nullopt : std::optional(found->second);
}

bool MariadbGtids::contains(const MariadbGtidId& id) const {
  auto last = last_of(id.domain);
  return last && last->sequence >= id.sequence;
}

bool MariadbGtids::contains(const MariadbGtids& other) const {
  for (const auto& [domain, id] : other.last_) {
    if (!contains(id)) return false;
  }
  return true;
}

std::vector<MariadbGtidId> MariadbGtids::ids() const {
  std::vector<MariadbGtidId> out;
  for (const auto& [domain, id] : last_) out.push_back(id);
  return out;
}

std::string MariadbGtids::to_text() const {
  std::string out;
  for (const auto& [domain, id] : last_) {
    if (!out.empty()) out.push_back(',');
    out += mysql::to_text(id);
  }
  return out;
}

}  // namespace leat::cdc::mysql
