// A dataflow over tables of tests, fed by hand; its outputs as text.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "joins/dataflow.h"
#include "tests/joins/rows.h"

namespace leat::joins {

inline std::string to_text(const Value& value) {
  if (const auto* integer = std::get_if<int64_t>(&value)) return std::to_string(*integer);
  if (const auto* floating = std::get_if<double>(&value)) return std::to_string(*floating);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return "NULL";
}

class Fixture {
 public:
  explicit Fixture(PlanPtr plan, StepGuard guard = nullptr) : plan_(std::move(plan)) {
    state_ = StateUnit::in_memory(size_t{1} << 30);
    auto made = Dataflow::create("test", *plan_, *state_, /*fresh=*/true, std::move(guard));
    REQUIRE(made.ok());
    dataflow_ = std::move(made).value();
  }

  // ROW of a table whose row type is TYPE comes (+1) or goes (-1) with the next step.
  void add(const std::string& topic, const RowType& type, const Values& row, int32_t diff = 1) {
    dataflow_->add_input(topic, make_row(type, row), diff);
  }

  // What the step changed: "-1,a +1,b" and "-!message +!message", the sorted lines joined by "; ".
  std::string step() {
    auto output = dataflow_->step();
    REQUIRE(output.ok());
    std::vector<std::string> lines;
    for (const Delta& delta : output->rows.deltas()) lines.push_back(line(delta));
    for (const ErrorDelta& error : output->errors) {
      lines.push_back((error.diff > 0 ? "+!" : "-!") + error.message);
    }
    std::sort(lines.begin(), lines.end());
    std::string out;
    for (const std::string& each : lines) out.append(out.empty() ? "" : "; ").append(each);
    return out;
  }

  Dataflow& dataflow() { return *dataflow_; }

 private:
  std::string line(const Delta& delta) const {
    REQUIRE(std::abs(delta.diff) == 1);
    std::string out = delta.diff > 0 ? "+" : "-";
    const Values values = row_values(plan_->row_type, delta.row);
    for (size_t i = 0; i < values.size(); ++i) {
      out.append(i == 0 ? "" : ",").append(to_text(values[i]));
    }
    return out;
  }

  PlanPtr plan_;
  std::unique_ptr<StateUnit> state_;
  std::unique_ptr<Dataflow> dataflow_;
};

// All columns of a topic; its key is the first one.
inline PlanPtr whole_topic(const std::string& topic, const RowType& type) {
  Input input{topic, {}, type};
  for (size_t i = 0; i < type.size(); ++i) input.columns.push_back(static_cast<int>(i));
  return make_plan(type, {0}, std::move(input));
}

}  // namespace leat::joins
