// What the C library does not know of the servers' character sets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

namespace leat::cdc::mysql {

// A code (most significant byte first) and its character.
struct CharsetException {
  uint32_t code;
  char16_t point;
};

struct SingleByteTable {
  const char* charset;
  const char16_t* high;         // of the bytes from 128 on; 0: no character
  const CharsetException* low;  // bytes below 128 that are not ASCII
  size_t low_count;
};
extern const SingleByteTable kSingleByteTables[];
extern const size_t kSingleByteTableCount;

// In the order of their codes.
struct ExceptionTable {
  const char* charset;
  const CharsetException* exceptions;
  size_t count;
};
extern const ExceptionTable kExceptionTables[];
extern const size_t kExceptionTableCount;

}  // namespace leat::cdc::mysql
