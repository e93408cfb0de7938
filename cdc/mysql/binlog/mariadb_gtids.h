// MariaDB's global transaction ids: in each replication domain transactions are numbered one after
// the other, so that one number a domain says which were executed. Without gtid_strict_mode the
// server does not see to it: the reader refuses a number that does not rise.
//
//   text = domain-server-sequence, separated by commas: 0-1-270,3-2-15
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/status.h"

namespace leat::cdc::mysql {

struct MariadbGtidId {
  uint32_t domain = 0;
  uint32_t server_id = 0;  // who executed it first
  uint64_t sequence = 0;

  friend bool operator==(const MariadbGtidId&, const MariadbGtidId&) = default;
};

// The last transaction of each domain.
class MariadbGtids {
 public:
  // As the server prints it. An error where it does not parse, or names a domain twice.
  static Result<MariadbGtids> parse(std::string_view text);

  bool empty() const { return last_.empty(); }
  // Takes a transaction: the last one of its domain now, unless a later one was taken.
  void add(const MariadbGtidId& id);
  // The union: of each domain the later one.
  void add(const MariadbGtids& other);
  std::optional<MariadbGtidId> last_of(uint32_t domain) const;
  bool contains(const MariadbGtidId& id) const;
  bool contains(const MariadbGtids& other) const;
  // By domain.
  std::vector<MariadbGtidId> ids() const;

  std::string to_text() const;

  friend bool operator==(const MariadbGtids&, const MariadbGtids&) = default;

 private:
  std::map<uint32_t, MariadbGtidId> last_;
};

std::string to_text(const MariadbGtidId& id);

// A list that may name a domain more than once, as @@gtid_binlog_state does: the last transaction
// of each server in each domain.
Result<std::vector<MariadbGtidId>> parse_mariadb_gtid_list(std::string_view text);

}  // namespace leat::cdc::mysql
