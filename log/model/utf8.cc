#include "log/model/utf8.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace leat {

namespace {

constexpr uint64_t kHighBits = 0x8080808080808080;

size_t skip_ascii(std::string_view bytes, size_t at) {
  for (; at + 8 <= bytes.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + at, 8);
    if ((word & kHighBits) != 0) break;
  }
  while (at < bytes.size() && static_cast<unsigned char>(bytes[at]) < 0x80) ++at;
  return at;
}

bool in_range(unsigned char byte, unsigned char low, unsigned char high) {
  return byte >= low && byte <= high;
}

// The size of the valid sequence of two or more bytes at AT; 0 where there is none. The bounds of
// the second byte are RFC 3629's table.
size_t valid_sequence(std::string_view bytes, size_t at) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(bytes[at + i]); };
  unsigned char lead = byte(0);
  size_t size = in_range(lead, 0xC2, 0xDF)   ? 2
                : in_range(lead, 0xE0, 0xEF) ? 3
                : in_range(lead, 0xF0, 0xF4) ? 4
                                             : 0;
  if (size == 0 || bytes.size() - at < size) return 0;
  unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (!in_range(byte(1), low, high)) return 0;
  for (size_t i = 2; i < size; ++i) {
    if (!in_range(byte(i), 0x80, 0xBF)) return 0;
  }
  return size;
}

}  // namespace

size_t find_invalid_utf8(std::string_view bytes) {
  size_t at = 0;
  for (;;) {
    at = skip_ascii(bytes, at);
    if (at == bytes.size()) return std::string_view::npos;
    size_t size = valid_sequence(bytes, at);
    if (size == 0) return at;
    at += size;
  }
}

Status check_utf8(std::string_view bytes) {
  size_t bad = find_invalid_utf8(bytes);
  if (bad == std::string_view::npos) [[likely]]
    return {};
  return Error::permanent(fmt::format("bytes are not valid UTF-8 (first bad byte 0x{:02X} at {})",
                                      static_cast<unsigned char>(bytes[bad]), bad));
}

uint32_t take_utf8(std::string_view* text) {
  size_t size = std::min(utf8_sequence_size(text->front()), text->size());
  auto byte = [&](size_t i) { return static_cast<unsigned char>((*text)[i]); };
  constexpr uint32_t kLeadBits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  uint32_t code_point = byte(0) & kLeadBits[size];
  for (size_t i = 1; i < size; ++i) code_point = code_point << 6 | (byte(i) & 0x3F);
  text->remove_prefix(size);
  return code_point;
}

void append_utf8(uint32_t code_point, std::string* out) {
  auto put = [out](uint32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) return put(code_point);
  if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3F));
  } else {
    put(0xF0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3F));
    put(0x80 | (code_point >> 6 & 0x3F));
  }
  put(0x80 | (code_point & 0x3F));
}

size_t utf8_length(std::string_view text) {
  size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

}  // namespace leat
