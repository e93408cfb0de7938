#include "cdc/mysql/binlog/position.h"

#include "log/base/bytes.h"

namespace leat::cdc::mysql {
namespace {

constexpr uint8_t kFormat = 1;

Error not_a_position() {
  return Error::permanent("the position that the log holds is not one of a MySQL source");
}

std::string gtid_text(const Position& position) {
  bool mariadb = position.flavour == Flavour::mariadb;
  return mariadb ? position.mariadb_gtids.to_text() : position.gtids.to_text();
}

}  // namespace

std::string encode_position(const Position& position) {
  std::string out;
  out.push_back(static_cast<char>(kFormat));
  out.push_back(static_cast<char>(position.flavour));
  append_sized(&out, gtid_text(position));
  append_sized(&out, position.server);
  append_sized(&out, position.file);
  append_varint(&out, position.offset);
  append_varint(&out, position.ordinal);
  return out;
}

Result<Position> decode_position(std::string_view bytes) {
  ByteReader in(bytes);
  Position out;
  uint8_t format = in.u8();
  uint8_t flavour = in.u8();
  std::string_view gtids = in.sized();
  out.server = in.sized();
  out.file = in.sized();
  out.offset = in.varint();
  out.ordinal = in.varint();
  if (!in.done() || format != kFormat || flavour > static_cast<uint8_t>(Flavour::mariadb)) {
    return not_a_position();
  }
  out.flavour = static_cast<Flavour>(flavour);
  if (out.flavour == Flavour::mariadb) {
    LEAT_ASSIGN_OR_RETURN(out.mariadb_gtids, MariadbGtids::parse(gtids));
  } else {
    LEAT_ASSIGN_OR_RETURN(out.gtids, GtidSet::parse(gtids));
  }
  return out;
}

std::string to_text(const Position& position) {
  std::string gtids = gtid_text(position);
  return gtids.empty() ? position.file + ":" + std::to_string(position.offset) : gtids;
}

}  // namespace leat::cdc::mysql
