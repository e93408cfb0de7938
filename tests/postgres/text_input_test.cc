// What people write: texts that are almost values, read by the server and by us.
#include <catch2/catch.hpp>

#include "joins/scalar/functions.h"
#include "log/model/text_format.h"
#include "tests/postgres/support/reference.h"
#include "tests/support/random_values.h"

using namespace leat;
using namespace leat::test;

namespace {

constexpr int kInputs = 1000;

const std::vector<std::string>& pieces_of(TypeId type) {
  static const std::vector<std::string> kNumber = {"1",        "0", "9",  "12", ".",   "-",
                                                   "+",        "e", "E5", " ",  "NaN", "inf",
                                                   "Infinity", "x", "00", "e-3"};
  static const std::vector<std::string> kInterval = {
      "1",    "2",   "1.5", "-3", "+4",  " ",    " ",       " day",  " days",     " hours", " mon",
      "year", "min", " s",  "ms", " us", "week", " ago",    "1:02",  "3:04:05.6", "-1:00",  "1-2",
      "P",    "T",   "1Y",  "2M", "3D",  "4H",   " decade", " cent", " quarter",  "@ "};
  static const std::vector<std::string> kDate = {
      "2024-02-29", "2023-02-29", "0001-01-01", "1/2/2003", "20240105", "99999-01-01",
      " ",          " BC",        " AD",        "10:20:30", "24:00:00", "23:59:60",
      "T",          "04:05",      ".5",         ".1234567", "+02",      "-08:30",
      "Z",          " UTC",       " PM",        " am",      "-",        "13"};
  static const std::vector<std::string> kJson = {
      "{",  "}",   "[",    "]",    ":", ",", "\"a\"",       "\"b\"",   "1", "1.50",
      "-0", "1e2", "true", "null", " ", "x", "\"\\u00e9\"", "\"\\n\"", "01"};
  static const std::vector<std::string> kBool = {"t",   "tr",  "true", "f", "fa", "y",
                                                 "ye",  "yes", "no",   "n", "on", "o",
                                                 "off", "of",  "1",    "0", "2",  " "};
  static const std::vector<std::string> kBytes = {
      "\\x", "61", "6", "g", "\\\\",     "\\101", "\\",   " ",
      "abc", "-",  "{", "}", "a0eebc99", "9c0b",  "4ef8", "bb6d6bb9bd380a11"};
  switch (type) {
    case TypeId::boolean:
      return kBool;
    case TypeId::interval:
      return kInterval;
    case TypeId::json:
    case TypeId::jsonb:
      return kJson;
    case TypeId::bytea:
    case TypeId::uuid:
      return kBytes;
    case TypeId::date:
    case TypeId::time:
    case TypeId::timetz:
    case TypeId::timestamp:
    case TypeId::timestamptz:
      return kDate;
    default:
      return kNumber;
  }
}

std::string random_input(TypeId type, RandomValues& random) {
  const auto& pieces = pieces_of(type);
  std::string out;
  for (int64_t i = random.between(1, 5); i > 0; --i) {
    out += pieces[static_cast<size_t>(random.between(0, static_cast<int64_t>(pieces.size()) - 1))];
  }
  return out;
}

std::string ours(TypeId type, const std::string& text) {
  Arena arena;
  auto value = parse_value(type, text, arena);
  if (!value.ok()) return std::string(value.error().sqlstate) + ": " + value.error().message;
  std::string out = std::string(type_name(type)) + ": ";
  append_text(type, *value, &out);
  return out;
}

bool is_datetime(TypeId type) {
  return type >= TypeId::date && type <= TypeId::interval;
}
bool is_value(TypeId type, const std::string& answer) {
  return answer.rfind(std::string(type_name(type)) + ":", 0) == 0;
}

// Dates and times are read in the forms that datetime.h lists, their parts in any order: what both
// take is the same value, what the server finds out of range is an error, and the sentence may
// differ.
bool agrees(TypeId type, const std::string& result, const std::string& answer) {
  if (result == answer) return true;
  if (!is_datetime(type)) return false;
  if (is_value(type, result)) return answer.rfind("22007", 0) == 0;
  return !is_value(type, answer) || result.rfind("22007", 0) == 0;
}

void check_as_the_server(TypeId type, const std::vector<std::string>& inputs) {
  std::vector<std::string> expressions;
  for (const std::string& input : inputs) {
    expressions.push_back(quote_literal(input) + "::" + type_name(type));
  }
  std::vector<std::string> answers = Reference::get().evaluate(expressions);
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::string result = ours(type, inputs[i]);
    INFO(type_name(type) << " of [" << inputs[i] << "]: server " << answers[i]);
    INFO(result);
    CHECK(agrees(type, result, answers[i]));
  }
}

}  // namespace

TEST_CASE("TextsAreReadAsTheServerReadsThem") {
  for (TypeId type : kAllTypes) {
    if (type == TypeId::text || type == TypeId::bpchar) continue;
    RandomValues random(random_seed());
    std::vector<std::string> inputs;
    for (int i = 0; i < kInputs; ++i) inputs.push_back(random_input(type, random));
    check_as_the_server(type, inputs);
  }
}

TEST_CASE("AWordGluedToADashIsNoHalfOfTheDay") {
  for (TypeId type : {TypeId::time, TypeId::timetz}) {
    check_as_the_server(type, {"10:20:30 PM-08:30", "04:05 am-3", "04:05 PM/3", "04:05 PM.3",
                               "04:05 UTC-3", "04:05 PM+3", "04:05 PM -3"});
  }
  for (TypeId type : {TypeId::timestamp, TypeId::timestamptz}) {
    check_as_the_server(type, {"2026-11-22 10:20 PM-08:30", "2026-11-22 BC-08", "2026-11-22 AD/8"});
  }
}

TEST_CASE("AnIntervalsClockBeyondAllBoundsIsRefused") {
  check_as_the_server(TypeId::interval, {"0:222222222222", "0:0:222222222222", "1:60", "1:0:61",
                                         "9223372036854775807:00", "2562047788:00:54.775807"});
}
