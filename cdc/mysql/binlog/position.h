// A position of a MySQL or MariaDB source, as the log keeps it: everything that the GTIDs name is
// in the log. They mean the same on every server of the same history; a file and an offset mean
// something on one server only, and are gone by where there are no GTIDs (gtid_mode=OFF).
//
//   position = format u8 (1), flavour u8, GTIDs as the server prints them (sized), the server whose
//              files these are (sized), file (sized), offset (varint), ordinal (varint)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cdc/mysql/binlog/event.h"
#include "cdc/mysql/binlog/gtid_set.h"
#include "cdc/mysql/binlog/mariadb_gtids.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// Where a file's first event begins, its FORMAT_DESCRIPTION: behind four bytes.
inline constexpr uint32_t kFirstEventOffset = 4;

struct Position {
  Flavour flavour = Flavour::mysql;
  GtidSet gtids;               // MySQL's
  MariadbGtids mariadb_gtids;  // MariaDB's
  std::string server;          // MySQL's server_uuid, MariaDB's server_id
  std::string file;
  uint64_t offset = 0;  // one past the last event that counts
  uint64_t ordinal =
      0;  // transactions taken since the snapshot: what GTIDs of several servers lack

  bool has_gtids() const { return !gtids.empty() || !mariadb_gtids.empty(); }
  // There is no other way: no GTID is known, and a file is. With neither it is the position before
  // all transactions.
  bool by_file() const { return !has_gtids() && !file.empty(); }

  friend bool operator==(const Position&, const Position&) = default;
};

std::string encode_position(const Position& position);
Result<Position> decode_position(std::string_view bytes);

// For people: the GTIDs, or "binlog.000003:1234".
std::string to_text(const Position& position);

}  // namespace leat::cdc::mysql
