#include "cdc/mysql/binlog/geometry.h"

#include "log/base/bytes.h"

namespace leat::cdc::mysql {

Status append_ewkb(std::string_view bytes, std::string* out) {
  constexpr uint32_t kHasSrid = 0x20000000;
  constexpr uint8_t kLittleEndian = 1;
  ByteReader in(bytes);
  auto srid = in.le<uint32_t>();
  uint8_t order = in.u8();
  bool little = order == kLittleEndian;
  uint32_t type = little ? in.le<uint32_t>() : in.be<uint32_t>();
  if (!in.ok() || order > kLittleEndian) return Error::permanent("a damaged geometry");
  if (srid == 0) {
    out->append(bytes.substr(4));
    return Ok();
  }
  out->push_back(static_cast<char>(order));
  type |= kHasSrid;
  little ? append_le(out, type) : append_be(out, type);
  little ? append_le(out, srid) : append_be(out, srid);
  out->append(in.rest());
  return Ok();
}

}  // namespace leat::cdc::mysql
