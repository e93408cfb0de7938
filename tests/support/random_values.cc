#include "tests/support/random_values.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "log/model/datetime.h"
#include "log/model/float_text.h"
#include "log/model/json_text.h"
#include "log/model/text_format.h"
#include "tests/support/random.h"

namespace leat::test {

uint64_t random_seed() {
  static const uint64_t shown = [] {
    uint64_t out = seed();
    std::printf("LEAT_SEED=%llu\n", static_cast<unsigned long long>(out));
    return out;
  }();
  return shown;
}

int64_t RandomValues::between(int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(engine_);
}

// The ends, small numbers, and numbers of every size.
int64_t RandomValues::integer(int64_t low, int64_t high) {
  switch (between(0, 4)) {
    case 0:
      return one_in(2) ? low : high;
    case 1:
      return std::clamp<int64_t>(between(-3, 3), low, high);
    case 2:
      return std::clamp<int64_t>(between(low, high) >> between(0, 62), low, high);
    default:
      return between(low, high);
  }
}

double RandomValues::floating() {
  constexpr double kNasty[] = {0.0,
                               -0.0,
                               1e20,
                               1e15,
                               999999999999999.9,
                               1e-5,
                               0.0001,
                               5e-324,
                               std::numeric_limits<double>::max(),
                               std::numeric_limits<double>::infinity(),
                               -std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::quiet_NaN()};
  switch (between(0, 3)) {
    case 0:
      return kNasty[between(0, std::size(kNasty) - 1)];
    case 1:
      return std::ldexp(static_cast<double>(between(-9, 9)), static_cast<int>(between(-80, 80)));
    case 2:
      return static_cast<double>(between(-100'000, 100'000)) / 100;
    default:
      return std::bit_cast<double>(engine_());
  }
}

std::string RandomValues::numeric() {
  constexpr const char* kSpecial[] = {"NaN", "Infinity", "-Infinity", "0", "0.000", "1.0", "1.00"};
  if (one_in(8)) return kSpecial[between(0, std::size(kSpecial) - 1)];
  std::string out = one_in(2) ? "-" : "";
  auto digits = [&](int64_t count) {
    bool zeros = one_in(4);
    for (int64_t i = 0; i < count; ++i) {
      out.push_back(zeros ? '0' : static_cast<char>('0' + between(0, 9)));
    }
  };
  int64_t max = one_in(6) ? 60 : 8;
  digits(between(1, max));
  if (one_in(3)) digits(between(0, 12));
  if (one_in(2)) return out;
  out.push_back('.');
  digits(between(1, max));
  return out;
}

std::string RandomValues::characters() {
  constexpr const char* kPieces[] = {"a",  "b",  "B",  " ",  "  ",  "%",    "_",
                                     "\\", "'",  "\"", "\n", "\t",  "é",    "É",
                                     "ß",  "日", "😀",  "0",  "abc", "\x01", "\x7f"};
  std::string out;
  for (int64_t i = between(0, one_in(5) ? 40 : 6); i > 0; --i) {
    out += kPieces[between(0, std::size(kPieces) - 1)];
  }
  return out;
}

std::string RandomValues::bytes(size_t size) {
  std::string out;
  for (size_t i = 0; i < size; ++i) {
    out.push_back(static_cast<char>(one_in(3) ? 0 : between(0, 255)));
  }
  return out;
}

std::string RandomValues::json(int depth) {
  switch (between(0, depth > 3 ? 3 : 5)) {
    case 0:
      return one_in(3) ? "null" : one_in(2) ? "true" : "false";
    case 1:
      return std::to_string(between(-1000, 1000)) + (one_in(2) ? ".50" : "");
    case 2:
    case 3: {
      std::string out;
      append_json_string(characters(), &out);
      return out;
    }
    case 4: {
      std::string out = "[";
      for (int64_t i = between(0, 3); i > 0; --i) out += json(depth + 1) + (i > 1 ? ", " : "");
      return out + "]";
    }
    default: {
      std::string out = "{";
      for (int64_t i = between(0, 3); i > 0; --i) {
        append_json_string(characters(), &out);
        out += ": " + json(depth + 1) + (i > 1 ? "," : "");
      }
      return out + "}";
    }
  }
}

Datum RandomValues::interval(Arena& arena) {
  Interval out;
  // Within what PostgreSQL reads back from its own text.
  out.us = integer(-1'000'000 * kUsPerDay, 1'000'000 * kUsPerDay);
  out.days = static_cast<int32_t>(integer(-100'000'000, 100'000'000));
  out.months = static_cast<int32_t>(integer(-100'000'000, 100'000'000));
  if (one_in(2)) out.days = static_cast<int32_t>(between(-40, 40));
  if (one_in(2)) out.months = static_cast<int32_t>(between(-2, 2));
  return to_datum(out, arena);
}

Datum RandomValues::value(TypeId type, Arena& arena) {
  switch (type) {
    case TypeId::boolean:
      return Datum::of_bool(one_in(2));
    case TypeId::int16:
      return Datum::of_int(integer(INT16_MIN, INT16_MAX));
    case TypeId::int32:
      return Datum::of_int(integer(INT32_MIN, INT32_MAX));
    case TypeId::int64:
      return Datum::of_int(integer(INT64_MIN, INT64_MAX));
    case TypeId::float32: {
      double wide = floating();
      return Datum::of_float(static_cast<float>(wide));
    }
    case TypeId::float64:
      return Datum::of_float(floating());
    case TypeId::date:
      if (one_in(10)) return Datum::of_int(one_in(2) ? kDateInfinity : kDateMinusInfinity);
      return Datum::of_int(one_in(2) ? between(-3000, 20000) : integer(-2'451'545, 2'145'031'948));
    case TypeId::time:
      return Datum::of_int(integer(0, kUsPerDay));
    case TypeId::timestamp:
    case TypeId::timestamptz:
      if (one_in(10))
        return Datum::of_int(one_in(2) ? kTimestampInfinity : kTimestampMinusInfinity);
      if (one_in(2))
        return Datum::of_int(between(-3000, 20000) * kUsPerDay + between(0, kUsPerDay));
      return Datum::of_int(integer(-211'813'488'000'000'000, 9'223'371'331'199'999'999));
    case TypeId::timetz:
      return to_datum(
          TimeTz{integer(0, kUsPerDay), static_cast<int32_t>(one_in(2) ? between(-15, 15) * 3600
                                                                       : between(-57'599, 57'599))},
          arena);
    case TypeId::interval:
      return interval(arena);
    case TypeId::uuid:
      return Datum::of_bytes(arena.copy(bytes(16)));
    case TypeId::bytea:
      return Datum::of_bytes(arena.copy(bytes(static_cast<size_t>(between(0, 20)))));
    case TypeId::numeric:
      return *parse_value(type, numeric(), arena);
    case TypeId::json:
    case TypeId::jsonb: {
      std::string made = json(0);
      return *parse_value(type, arena.copy(made), arena);
    }
    default:
      return Datum::of_bytes(arena.copy(characters()));
  }
}

std::string RandomValues::text(TypeId type) {
  Arena arena;
  std::string out;
  append_text(type, value(type, arena), &out);
  return out;
}

}  // namespace leat::test
