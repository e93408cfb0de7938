// Random values of every type, with the nasty ones over-represented, and the seed they come from.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "log/base/arena.h"
#include "log/model/datum.h"
#include "log/model/type.h"

namespace leat::test {

// tests/support/random.h's seed, printed once, so that a failure can be run again.
uint64_t random_seed();

inline constexpr TypeId kAllTypes[] = {
    TypeId::boolean,     TypeId::int16,    TypeId::int32, TypeId::int64,  TypeId::float32,
    TypeId::float64,     TypeId::numeric,  TypeId::text,  TypeId::bpchar, TypeId::bytea,
    TypeId::uuid,        TypeId::date,     TypeId::time,  TypeId::timetz, TypeId::timestamp,
    TypeId::timestamptz, TypeId::interval, TypeId::json,  TypeId::jsonb,
};

class RandomValues {
 public:
  explicit RandomValues(uint64_t seed) : engine_(seed) {}

  // A value of the type that is not NULL; its bytes lie in ARENA.
  Datum value(TypeId type, Arena& arena);
  // The same as text that PostgreSQL reads.
  std::string text(TypeId type);
  // Uniform in [LOW, HIGH].
  int64_t between(int64_t low, int64_t high);
  bool one_in(int count) { return between(1, count) == 1; }
  std::mt19937_64& engine() { return engine_; }

 private:
  int64_t integer(int64_t low, int64_t high);
  double floating();
  std::string numeric();
  std::string characters();
  std::string bytes(size_t size);
  std::string json(int depth);
  Datum interval(Arena& arena);

  std::mt19937_64 engine_;
};

}  // namespace leat::test
