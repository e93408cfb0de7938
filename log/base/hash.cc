#include "log/base/hash.h"

#include <array>
#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "log/base/bytes.h"
#include "log/base/check.h"

#ifdef __x86_64__
#include <nmmintrin.h>
#endif

namespace leat {
namespace {

constexpr uint32_t kCastagnoliReflected = 0x82f63b78;

constexpr std::array<uint32_t, 256> make_crc_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) ? kCastagnoliReflected : 0);
    table[i] = crc;
  }
  return table;
}

uint32_t crc_by_table(uint32_t crc, const char* at, size_t size) {
  static constexpr auto kTable = make_crc_table();
  for (; size > 0; --size, ++at)
    crc = kTable[(crc ^ static_cast<uint8_t>(*at)) & 0xff] ^ (crc >> 8);
  return crc;
}

#ifdef __x86_64__

// Three independent streams keep the CRC unit busy: its latency is three cycles, its throughput
// one. The partial CRCs are joined by multiplying with x^(8·kStream) modulo the polynomial, done by
// table.
constexpr size_t kStream = 1024;

using ShiftTable = std::array<std::array<uint32_t, 256>, 4>;

// The CRC register after kStream zero bytes have followed a register of one bit.
constexpr uint32_t after_zeros(uint32_t crc, const std::array<uint32_t, 256>& table) {
  for (size_t i = 0; i < kStream; ++i) crc = table[crc & 0xff] ^ (crc >> 8);
  return crc;
}

ShiftTable make_shift_table() {
  constexpr auto table = make_crc_table();
  std::array<uint32_t, 32> of_bit{};
  for (uint32_t bit = 0; bit < 32; ++bit) of_bit[bit] = after_zeros(1U << bit, table);
  ShiftTable shift{};
  for (uint32_t byte = 0; byte < 4; ++byte) {
    for (uint32_t value = 0; value < 256; ++value) {
      for (uint32_t bit = 0; bit < 8; ++bit) {
        if (value >> bit & 1) shift[byte][value] ^= of_bit[byte * 8 + bit];
      }
    }
  }
  return shift;
}

uint32_t shifted(const ShiftTable& table, uint32_t crc) {
  return table[0][crc & 0xff] ^ table[1][crc >> 8 & 0xff] ^ table[2][crc >> 16 & 0xff] ^
         table[3][crc >> 24];
}

__attribute__((target("sse4.2"))) uint32_t crc_by_sse42(uint32_t crc, const char* at, size_t size) {
  static const ShiftTable shift = make_shift_table();
  for (; size >= 3 * kStream; size -= 3 * kStream, at += 3 * kStream) {
    uint64_t a = crc, b = 0, c = 0;
    for (size_t i = 0; i < kStream; i += 8) {
      a = _mm_crc32_u64(a, load_le<uint64_t>(at + i));
      b = _mm_crc32_u64(b, load_le<uint64_t>(at + kStream + i));
      c = _mm_crc32_u64(c, load_le<uint64_t>(at + 2 * kStream + i));
    }
    crc = shifted(shift, static_cast<uint32_t>(a)) ^ static_cast<uint32_t>(b);
    crc = shifted(shift, crc) ^ static_cast<uint32_t>(c);
  }
  uint64_t wide = crc;
  for (; size >= 8; size -= 8, at += 8) wide = _mm_crc32_u64(wide, load_le<uint64_t>(at));
  crc = static_cast<uint32_t>(wide);
  for (; size > 0; --size, ++at) crc = _mm_crc32_u8(crc, static_cast<uint8_t>(*at));
  return crc;
}

#endif

uint32_t crc_update(uint32_t crc, const char* at, size_t size) {
#ifdef __x86_64__
  static const bool has_sse42 = __builtin_cpu_supports("sse4.2");
  if (has_sse42) return crc_by_sse42(crc, at, size);
#endif
  return crc_by_table(crc, at, size);
}

}  // namespace

uint32_t crc32c_extend(uint32_t crc, std::string_view bytes) {
  return ~crc_update(~crc, bytes.data(), bytes.size());
}

uint32_t murmur2(std::string_view bytes) {
  constexpr uint32_t kMultiplier = 0x5bd1e995;
  uint32_t h = 0x9747b28c ^ static_cast<uint32_t>(bytes.size());
  size_t i = 0;
  for (; i + 4 <= bytes.size(); i += 4) {
    uint32_t k = load_le<uint32_t>(bytes.data() + i) * kMultiplier;
    k ^= k >> 24;
    h = (h * kMultiplier) ^ (k * kMultiplier);
  }
  uint32_t tail = 0;
  for (size_t j = bytes.size(); j > i; --j) tail = tail << 8 | static_cast<uint8_t>(bytes[j - 1]);
  if (i < bytes.size()) h = (h ^ tail) * kMultiplier;
  h = (h ^ (h >> 13)) * kMultiplier;
  return h ^ (h >> 15);
}

int32_t kafka_partition_of(std::string_view key, int32_t partition_count) {
  LEAT_CHECK(partition_count > 0);
  return static_cast<int32_t>(murmur2(key) & 0x7fffffff) % partition_count;
}

uint64_t hash64(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace leat
