// What an aggregate function remembers of one group: enough to take values in and out again.
//
// One accumulator serves all groups of a call in turn: load the group's state, add, store.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "joins/plan.h"
#include "joins/scalar/scalar.h"
#include "log/base/arena.h"
#include "log/base/bytes.h"

namespace leat::joins {

class Accumulator {
 public:
  virtual ~Accumulator() = default;

  // To the state of a group without values.
  virtual void clear() = 0;
  // To a stored state; an unreadable one fails the reader.
  virtual void load(ByteReader& reader) = 0;
  virtual void store(std::string* out) const = 0;

  // Takes VALUE (not NULL) in DIFF times, or out again where DIFF is negative.
  virtual void add(const Datum& value, int32_t diff) = 0;

  // The result over the values that are in now; may point into ARENA.
  virtual ScalarResult result(Arena& arena) const = 0;
};

// For count, sum and avg over ARGUMENT's type. Null where there is no such function; min and max
// are in joins/extremes.h.
std::unique_ptr<Accumulator> make_accumulator(AggregateFunction function, TypeId argument);

// The type of FUNCTION's result, as PostgreSQL has it; false where there is no such function, or
// Leat does not have it.
bool aggregate_result_type(AggregateFunction function, TypeId argument, TypeId* out);

}  // namespace leat::joins
