// Upper and lower case of every character, against the server's.
#include "joins/scalar/letter_case.h"

#include <catch2/catch.hpp>

#include "log/model/utf8.h"
#include "tests/postgres/support/reference.h"

using namespace leat;
using namespace leat::test;

namespace {

constexpr uint32_t kFirst = 0x20, kLast = 0x1FFFF, kStep = 64;

// Characters FIRST and on, one in three at the beginning of a word.
std::string block(uint32_t first) {
  std::string out;
  for (uint32_t c = first; c < first + kStep; ++c) {
    bool is_surrogate = c >= 0xD800 && c < 0xE000;
    if (!is_surrogate) append_utf8(c, &out);
    if (c % 3 == 0) out += ' ';
  }
  return out;
}

}  // namespace

TEST_CASE("UpperLowerAndInitcapOfEveryCharacterAreTheServers") {
  std::vector<std::string> blocks, expressions;
  for (uint32_t first = kFirst; first < kLast; first += kStep) {
    blocks.push_back(block(first));
    for (const char* function : {"upper", "lower", "initcap"}) {
      expressions.push_back(std::string(function) + "(" + quote_literal(blocks.back()) + ")");
    }
  }
  std::vector<std::string> answers = Reference::get().evaluate(expressions);
  for (size_t i = 0; i < blocks.size(); ++i) {
    INFO("from U+" << std::hex << kFirst + i * kStep);
    CHECK("text: " + joins::upper_case(blocks[i]) == answers[3 * i]);
    CHECK("text: " + joins::lower_case(blocks[i]) == answers[3 * i + 1]);
    CHECK("text: " + joins::initial_case(blocks[i]) == answers[3 * i + 2]);
  }
}
