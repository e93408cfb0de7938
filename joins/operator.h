// What every operator of a dataflow is: it pulls its inputs' deltas and gives its own.
#pragma once

#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "joins/delta.h"
#include "joins/error_delta.h"
#include "joins/scalar/scalar.h"
#include "log/base/status.h"
#include "log/model/row.h"

namespace leat::joins {

// What one step gives on its way up the tree. Rows that cannot be computed are missing in `rows`.
struct StepOutput {
  DeltaBatch rows;
  std::vector<ErrorDelta> errors;

  void clear() {
    rows.clear();
    errors.clear();
  }
};

// Hands on what an input gave as errors.
inline void move_errors(StepOutput& from, StepOutput& to) {
  to.errors.insert(to.errors.end(), std::make_move_iterator(from.errors.begin()),
                   std::make_move_iterator(from.errors.end()));
  from.errors.clear();
}

// Returns how many bytes are held for it.
inline size_t give_error(ErrorDelta error, StepOutput& out) {
  const size_t held = error.key.size() + error.message.size();
  out.errors.push_back(std::move(error));
  return held;
}

// The error of a row in the operator whose name PREFIX is: as long as the row is there, so is it.
inline ErrorDelta row_error(std::string_view prefix, const Delta& delta, const RowError& error) {
  return {std::string(prefix) + std::string(delta.row), error.message, error.sqlstate, delta.diff};
}

// What a delta costs beside its row: itself, and its place in the index that consolidates it.
inline constexpr size_t kDeltaOverheadBytes = sizeof(Delta) + 2 * sizeof(uint64_t);

// One node of the tree; owns those below it. One thread.
class Operator {
 public:
  virtual ~Operator() = default;

  // Takes the inputs' next deltas and appends what follows from them to OUT. The rows in OUT may
  // live in this operator: they are good until its next step. Errors are of the store or of corrupt
  // rows.
  virtual Status step(StepOutput& out) = 0;

  const RowType& row_type() const { return row_type_; }

 protected:
  explicit Operator(RowType row_type) : row_type_(std::move(row_type)) {}

 private:
  RowType row_type_;
};

using OperatorPtr = std::unique_ptr<Operator>;

// Reads rows of one type, one at a time.
class RowReader {
 public:
  explicit RowReader(RowType type) : type_(std::move(type)), values_(type_.size()) {}

  // values() then point into ROW.
  Status read(std::string_view row) { return decode_row(type_, row, values_); }
  std::span<const Datum> values() const { return values_; }
  const RowType& type() const { return type_; }

 private:
  RowType type_;
  std::vector<Datum> values_;
};

}  // namespace leat::joins
