// Reading and writing bytes of formats that outlive the process.
//
// ByteReader is for bytes from outside: every read is bounds-checked. It is sticky: after the first
// read past the end it returns zeros and ok() is false, so a parser reads a group of fields and
// checks once, before it uses any of them.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace leat {

namespace internal {
template <std::integral T>
constexpr T byteswap(T value) {
  using U = std::make_unsigned_t<T>;
  U in = static_cast<U>(value);
  if constexpr (sizeof(T) == 8) return static_cast<T>(__builtin_bswap64(in));
  if constexpr (sizeof(T) == 4) return static_cast<T>(__builtin_bswap32(in));
  if constexpr (sizeof(T) == 2) return static_cast<T>(__builtin_bswap16(in));
  return value;
}
}  // namespace internal

static_assert(std::endian::native == std::endian::little, "Leat runs on little-endian machines");

template <std::integral T>
T load_be(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return internal::byteswap(value);
}

template <std::integral T>
T load_le(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <std::integral T>
void store_be(char* to, T value) {
  value = internal::byteswap(value);
  std::memcpy(to, &value, sizeof value);
}

template <std::integral T>
void store_le(char* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

template <std::integral T>
void append_be(std::string* out, T value) {
  value = internal::byteswap(value);
  out->append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <std::integral T>
void append_le(std::string* out, T value) {
  out->append(reinterpret_cast<const char*>(&value), sizeof value);
}

// LEB128, at most 10 bytes.
inline void append_varint(std::string* out, uint64_t value) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

inline uint64_t zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
inline int64_t unzigzag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

// Kafka's varint and varlong: zig-zag, then LEB128.
inline void append_zigzag(std::string* out, int64_t value) {
  append_varint(out, zigzag(value));
}

// A length as a varint, then the bytes.
inline void append_sized(std::string* out, std::string_view bytes) {
  append_varint(out, bytes.size());
  out->append(bytes);
}

// A view over bytes that somebody else keeps alive; what it returns points into them.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

  bool ok() const { return ok_; }
  // Everything was read and nothing past the end.
  bool done() const { return ok_ && at_ == end_; }
  size_t remaining() const { return static_cast<size_t>(end_ - at_); }

  template <std::integral T>
  T be() {
    return fixed<T>(&load_be<T>);
  }
  template <std::integral T>
  T le() {
    return fixed<T>(&load_le<T>);
  }
  uint8_t u8() { return be<uint8_t>(); }

  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && at_ != end_; shift += 7) {
      auto byte = static_cast<uint8_t>(*at_++);
      if (shift == 63 && byte > 1) break;
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return ok_ ? value : 0;
    }
    fail();
    return 0;
  }
  int64_t zigzag_varint() { return unzigzag(varint()); }

  std::string_view bytes(uint64_t size) {
    if (size > remaining()) {
      fail();
      return {};
    }
    std::string_view out(at_, size);
    at_ += size;
    return out;
  }
  std::string_view sized() { return bytes(varint()); }
  std::string_view rest() { return bytes(remaining()); }

  // Bytes up to the next NUL, which is skipped. Fails where there is none.
  std::string_view c_string() {
    const void* nul = remaining() == 0 ? nullptr : std::memchr(at_, 0, remaining());
    if (nul == nullptr) {
      fail();
      return {};
    }
    std::string_view out = bytes(static_cast<size_t>(static_cast<const char*>(nul) - at_));
    ++at_;
    return out;
  }

  void fail() {
    ok_ = false;
    at_ = end_;
  }

 private:
  template <class T, class Load>
  T fixed(Load load) {
    if (remaining() < sizeof(T)) {
      fail();
      return 0;
    }
    T value = load(at_);
    at_ += sizeof(T);
    return value;
  }

  const char* at_;
  const char* end_;
  bool ok_ = true;
};

}  // namespace leat
