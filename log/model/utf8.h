// UTF-8 as PostgreSQL checks it (RFC 3629: no surrogates, nothing overlong, at most U+10FFFF).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "log/base/status.h"

namespace leat {

// The offset of the first byte that does not belong to a valid sequence; npos where all is valid.
size_t find_invalid_utf8(std::string_view bytes);

// "bytes are not valid UTF-8 (first bad byte 0xE9 at 14)"; permanent.
Status check_utf8(std::string_view bytes);

// Bytes of the sequence that LEAD starts, in valid UTF-8.
inline size_t utf8_sequence_size(char lead) {
  auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

// Takes the first character off TEXT, valid UTF-8 that is not empty.
uint32_t take_utf8(std::string_view* text);
void append_utf8(uint32_t code_point, std::string* out);

// Characters in valid UTF-8.
size_t utf8_length(std::string_view text);

}  // namespace leat
