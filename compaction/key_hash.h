// Keys as 128 bits: SipHash-2-4 with a 128-bit result (Aumasson, Bernstein: "SipHash: a fast
// short-input PRF"), under a secret that is drawn anew for every compaction. Whoever writes keys
// cannot aim at a collision, and by chance two of 10^10 keys collide once in 10^18 compactions; so
// keys with the same hash are taken for the same key.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace leat::compaction {

struct KeyHash {
  uint64_t first = 0;
  uint64_t second = 0;

  friend bool operator==(const KeyHash&, const KeyHash&) = default;
};

struct HashSecret {
  uint64_t first = 0;
  uint64_t second = 0;

  static HashSecret random();
};

KeyHash hash_key(const HashSecret& secret, std::string_view key);

}  // namespace leat::compaction
