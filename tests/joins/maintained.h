// A relation kept by applying a dataflow's output, which is checked on the way.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>

#include "joins/dataflow.h"
#include "log/model/key.h"
#include "tests/joins/naive.h"

namespace leat::joins {

class Maintained {
 public:
  explicit Maintained(const Plan& plan) : plan_(plan) {}

  void apply(const DataflowOutput& output) {
    std::set<std::string> gone;
    for (const Delta& delta : output.rows.deltas()) {
      if (delta.diff < 0) take(delta, gone);
    }
    for (const Delta& delta : output.rows.deltas()) {
      if (delta.diff > 0) give(delta);
    }
    for (const ErrorDelta& error : output.errors) {
      auto [at, added] = errors_.try_emplace(error.key, error.message, 0);
      CHECK(at->second.first == error.message);
      at->second.second += error.diff;
      REQUIRE(at->second.second >= 0);
      if (at->second.second == 0) errors_.erase(at);
    }
  }

  // Back to what OTHER, of the same plan, holds.
  void restore(const Maintained& other) {
    rows_ = other.rows_;
    errors_ = other.errors_;
  }

  NaiveResult result() const {
    NaiveResult out;
    for (const auto& [key, row] : rows_) out.rows.insert(row);
    for (const auto& [key, error] : errors_) {
      for (int32_t i = 0; i < error.second; ++i) out.errors.insert(error.first);
    }
    return out;
  }

 private:
  std::string key_of(std::string_view row) const {
    std::string out;
    append_key(plan_.row_type, read_row(plan_.row_type, row), plan_.unique_key, &out);
    return out;
  }

  void take(const Delta& delta, std::set<std::string>& gone) {
    REQUIRE(delta.diff == -1);
    const std::string key = key_of(delta.row);
    REQUIRE(gone.insert(key).second);
    const auto at = rows_.find(key);
    REQUIRE(at != rows_.end());
    REQUIRE(at->second == delta.row);
    rows_.erase(at);
  }

  void give(const Delta& delta) {
    REQUIRE(delta.diff == 1);
    REQUIRE(rows_.emplace(key_of(delta.row), delta.row).second);
  }

  const Plan& plan_;
  std::map<std::string, std::string> rows_;  // unique key → row
  std::map<std::string, std::pair<std::string, int32_t>> errors_;
};

}  // namespace leat::joins
