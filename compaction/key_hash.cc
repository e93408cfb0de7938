#include "compaction/key_hash.h"

#include <bit>
#include <cstring>
#include <random>

namespace leat::compaction {
namespace {

struct SipState {
  uint64_t v0, v1, v2, v3;

  void rounds(int count) {
    for (int i = 0; i < count; ++i) {
      v0 += v1;
      v2 += v3;
      v1 = std::rotl(v1, 13) ^ v0;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 = std::rotl(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = std::rotl(v1, 17) ^ v2;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 = std::rotl(v2, 32);
    }
  }
  void take(uint64_t word) {
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  }
  uint64_t sum() const { return v0 ^ v1 ^ v2 ^ v3; }
};

}  // namespace

HashSecret HashSecret::random() {
  std::random_device device;
  auto word = [&device] { return uint64_t{device()} << 32 | device(); };
  return {word(), word()};
}

KeyHash hash_key(const HashSecret& secret, std::string_view key) {
  SipState state{0x736f6d6570736575 ^ secret.first, 0x646f72616e646f6d ^ secret.second ^ 0xee,
                 0x6c7967656e657261 ^ secret.first, 0x7465646279746573 ^ secret.second};
  const char* at = key.data();
  size_t left = key.size();
  for (; left >= 8; at += 8, left -= 8) {
    uint64_t word;
    std::memcpy(&word, at, sizeof word);
    state.take(word);
  }
  uint64_t last = uint64_t{key.size()} << 56;
  for (size_t i = 0; i < left; ++i) last |= uint64_t{static_cast<uint8_t>(at[i])} << (8 * i);
  state.take(last);
  state.v2 ^= 0xee;
  state.rounds(4);
  KeyHash hash{state.sum(), 0};
  state.v1 ^= 0xdd;
  state.rounds(4);
  hash.second = state.sum();
  return hash;
}

}  // namespace leat::compaction
