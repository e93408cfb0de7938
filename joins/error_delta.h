// Errors of rows as data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace leat::joins {

// A row error as data: which rows of the relation cannot be computed, and why. Deltas like others:
// the error goes when the row that caused it is retracted.
struct ErrorDelta {
  std::string key;  // operator and row: equal for equal errors
  std::string message;
  std::string sqlstate;
  int32_t diff = 0;
};

// Sums the differences of equal keys and drops those that come to zero; sorts by key.
void consolidate(std::vector<ErrorDelta>& errors);

}  // namespace leat::joins
