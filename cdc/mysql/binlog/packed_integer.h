// The integers of varying length that the binlog uses.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "log/base/bytes.h"

namespace leat::cdc::mysql {

// SIZE bytes (at most 8), least significant first.
inline uint64_t read_le(ByteReader& in, size_t size) {
  std::string_view bytes = in.bytes(size);
  uint64_t value = 0;
  if (!bytes.empty()) std::memcpy(&value, bytes.data(), bytes.size());
  return value;
}

// The same of bytes that are there, most significant first.
inline uint64_t load_be_bytes(std::string_view bytes) {
  uint64_t value = 0;
  for (char c : bytes) value = value << 8 | static_cast<uint8_t>(c);
  return value;
}

// The client protocol's length-encoded integer: 1, 3, 4 or 9 bytes.
inline uint64_t read_packed(ByteReader& in) {
  uint8_t first = in.u8();
  if (first < 251) return first;
  if (first == 252) return in.le<uint16_t>();
  if (first == 253) return read_le(in, 3);
  if (first == 254) return in.le<uint64_t>();
  in.fail();
  return 0;
}

inline std::string_view read_packed_string(ByteReader& in) {
  return in.bytes(read_packed(in));
}

// mysql::serialization's: as many ones at the low end of the first byte as bytes follow it.
inline uint64_t read_serialized(ByteReader& in) {
  uint8_t first = in.u8();
  auto more = static_cast<size_t>(std::countr_one(first));
  uint64_t rest = read_le(in, more);
  if (more >= 7) return rest;  // nothing of the number is left in the first byte
  return first >> (more + 1) | rest << (7 - more);
}

inline int64_t read_serialized_signed(ByteReader& in) {
  return unzigzag(read_serialized(in));
}

}  // namespace leat::cdc::mysql
