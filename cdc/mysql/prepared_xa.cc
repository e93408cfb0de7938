#include "cdc/mysql/prepared_xa.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <charconv>

#include "log/base/clock.h"

namespace leat::cdc::mysql {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks(100);

size_t number_of(const std::optional<std::string>& text) {
  size_t out = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), out);
  return out;
}

std::string hex_literal(std::string_view bytes) {
  std::string out = "X'";
  for (char c : bytes) out += fmt::format("{:02x}", static_cast<uint8_t>(c));
  return out + "'";
}

// Columns: the format, the lengths of the two parts, both parts as bytes.
std::string id_of(const TextRow& row) {
  if (row.size() < 4) return {};
  std::string_view data = row[3] ? std::string_view(*row[3]) : "";
  size_t first = std::min(number_of(row[1]), data.size());
  return fmt::format("{},{},{}", hex_literal(data.substr(0, first)),
                     hex_literal(data.substr(first)), row[0].value_or("1"));
}

// One of WAITED_FOR that is still prepared.
Result<std::optional<std::string>> find_open(Client& client,
                                             const std::vector<std::string>& waited_for) {
  LEAT_ASSIGN_OR_RETURN(auto now, read_prepared_xa(client));
  if (!now) return std::optional<std::string>();
  for (const std::string& id : waited_for) {
    if (std::find(now->begin(), now->end(), id) != now->end()) return std::optional(id);
  }
  return std::optional<std::string>();
}

// MariaDB's GTIDs were read a moment after the offset: those of the offset.
Status align_gtids(Client& client, Position* position) {
  LEAT_ASSIGN_OR_RETURN(auto rows,
                        client.query(fmt::format("SELECT binlog_gtid_pos({}, {})",
                                                 sql_literal(position->file), position->offset)));
  if (rows.empty() || rows[0].empty() || !rows[0][0]) {
    return Error::transient(fmt::format("the server does not know the GTIDs of {}:{}",
                                        position->file, position->offset));
  }
  LEAT_ASSIGN_OR_RETURN(position->mariadb_gtids, MariadbGtids::parse(*rows[0][0]));
  return Ok();
}

}  // namespace

Result<std::optional<std::vector<std::string>>> read_prepared_xa(Client& client) {
  auto rows = client.query("XA RECOVER");
  if (!rows.ok() && rows.error().is_transient()) return rows.error();
  if (!rows.ok()) return std::optional<std::vector<std::string>>();
  std::vector<std::string> out;
  for (const TextRow& row : *rows) out.push_back(id_of(row));
  return std::optional(std::move(out));
}

Result<XaBegin> begin_behind_prepared_xa(Client& client, const ServerFacts& server,
                                         std::chrono::milliseconds patience,
                                         const StopSignal& stop) {
  XaBegin out;
  LEAT_ASSIGN_OR_RETURN(out.position, read_binlog_end(client, server));
  if (!server.has_gtids()) out.position.gtids = {};
  if (server.flavour == Flavour::mariadb) {
    LEAT_RETURN_IF_ERROR(align_gtids(client, &out.position));
  }
  LEAT_ASSIGN_OR_RETURN(auto waited_for, read_prepared_xa(client));
  if (!waited_for || waited_for->empty()) return out;
  auto deadline = Clock::system().monotonic() + patience;
  do {
    stop.wait(kBetweenLooks);
    LEAT_ASSIGN_OR_RETURN(out.open, find_open(client, *waited_for));
  } while (out.open && !stop.raised() && Clock::system().monotonic() < deadline);
  return out;
}

}  // namespace leat::cdc::mysql
