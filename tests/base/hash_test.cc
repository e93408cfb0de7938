#include "log/base/hash.h"

#include <catch2/catch.hpp>
#include <string>

using leat::crc32c;
using leat::crc32c_extend;

TEST_CASE("Crc32cOfTheRfcVectorsMatches") {
  // RFC 3720, B.4.
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aa);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43);
  CHECK(crc32c("123456789") == 0xe3069283);
}

TEST_CASE("Crc32cInPiecesEqualsCrc32cOfTheWhole") {
  std::string bytes;
  for (int i = 0; i < 20000; ++i) bytes.push_back(static_cast<char>(i * 7 + i / 251));
  for (size_t split : {0, 1, 7, 1023, 3072, 3073, 9999, 20000}) {
    std::string_view whole = bytes;
    CHECK(crc32c_extend(crc32c(whole.substr(0, split)), whole.substr(split)) == crc32c(whole));
  }
  uint32_t byte_by_byte = 0;
  for (char c : bytes) byte_by_byte = crc32c_extend(byte_by_byte, {&c, 1});
  CHECK(byte_by_byte == crc32c(bytes));
}

TEST_CASE("Murmur2MatchesKafkasOwnTestVectors") {
  // org.apache.kafka.common.utils.UtilsTest#testMurmur2
  CHECK(leat::murmur2("21") == static_cast<uint32_t>(-973932308));
  CHECK(leat::murmur2("foobar") == static_cast<uint32_t>(-790332482));
  CHECK(leat::murmur2("a-little-bit-long-string") == static_cast<uint32_t>(-985981536));
  CHECK(leat::murmur2("a-little-bit-longer-string") == static_cast<uint32_t>(-1486304829));
}
