// A plan's result, computed from scratch in the plainest way: what the dataflow must agree with.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "joins/plan.h"
#include "log/model/key.h"
#include "tests/joins/rows.h"

namespace leat::joins {

// Topic → rows.
using Tables = std::map<std::string, std::set<std::string>>;

struct NaiveResult {
  std::multiset<std::string> rows;
  std::multiset<std::string> errors;  // messages
};

class Naive {
 public:
  static NaiveResult evaluate(const Plan& plan, const Tables& tables) {
    Naive naive(tables);
    NaiveResult out;
    for (std::string& row : naive.rows(plan)) out.rows.insert(std::move(row));
    out.errors = std::move(naive.errors_);
    return out;
  }

 private:
  using Rows = std::vector<std::string>;

  explicit Naive(const Tables& tables) : tables_(tables) {}

  Rows rows(const Plan& plan) {
    return std::visit([&](const auto& node) { return rows(plan, node); }, plan.node);
  }

  Rows rows(const Plan& plan, const Input& input) {
    Rows out;
    const auto at = tables_.find(input.topic);
    if (at == tables_.end()) return out;
    for (const std::string& row : at->second) {
      const auto all = read_row(input.topic_row_type, row);
      std::vector<Datum> kept;
      for (int column : input.columns) kept.push_back(all[static_cast<size_t>(column)]);
      out.emplace_back();
      append_row(plan.row_type, kept, &out.back());
    }
    return out;
  }

  Rows rows(const Plan&, const Filter& filter) {
    Rows out;
    for (const std::string& row : rows(*filter.input)) {
      Arena arena;
      const auto values = read_row(filter.input->row_type, row);
      const auto passes = filter.condition->evaluate(values, arena);
      if (!passes.ok()) {
        errors_.insert(passes.error().message);
      } else if (!passes->is_null() && passes->boolean()) {
        out.push_back(row);
      }
    }
    return out;
  }

  Rows rows(const Plan& plan, const Map& map) {
    Rows out;
    for (const std::string& row : rows(*map.input)) {
      Arena arena;
      const auto values = read_row(map.input->row_type, row);
      std::vector<Datum> computed;
      for (const ScalarPtr& column : map.columns) {
        const auto value = column->evaluate(values, arena);
        if (!value.ok()) {
          errors_.insert(value.error().message);
          break;
        }
        computed.push_back(*value);
      }
      if (computed.size() < map.columns.size()) continue;
      out.emplace_back();
      append_row(plan.row_type, computed, &out.back());
    }
    return out;
  }

  // None where a NULL is in the key.
  static std::optional<std::string> join_key(const RowType& type, const std::vector<Datum>& values,
                                             const std::vector<int>& columns) {
    for (int column : columns) {
      if (values[static_cast<size_t>(column)].is_null()) return std::nullopt;
    }
    std::string out;
    append_key(type, values, columns, &out);
    return out;
  }

  Rows rows(const Plan& plan, const Join& join) {
    Rows out;
    const Rows right_rows = rows(*join.right);
    for (const std::string& left_row : rows(*join.left)) {
      const auto left = read_row(join.left->row_type, left_row);
      const auto left_key = join_key(join.left->row_type, left, join.left_keys);
      auto give = [&](const std::vector<Datum>& right) {
        std::vector<Datum> both = left;
        both.insert(both.end(), right.begin(), right.end());
        out.emplace_back();
        append_row(plan.row_type, both, &out.back());
      };
      bool matched = false;
      for (const std::string& right_row : right_rows) {
        const auto right = read_row(join.right->row_type, right_row);
        const auto right_key = join_key(join.right->row_type, right, join.right_keys);
        if (!left_key || !right_key || *left_key != *right_key) continue;
        matched = true;
        give(right);
      }
      if (!matched && join.kind == JoinKind::left) {
        give(std::vector<Datum>(join.right->row_type.size()));
      }
    }
    return out;
  }

  Rows rows(const Plan& plan, const Aggregate& aggregate) {
    const RowType& type = aggregate.input->row_type;
    std::map<std::string, Rows> groups;
    if (aggregate.group_columns.empty()) groups[""];
    for (std::string& row : rows(*aggregate.input)) {
      std::string key;
      append_key(type, read_row(type, row), aggregate.group_columns, &key);
      groups[key].push_back(std::move(row));
    }
    Rows out;
    for (const auto& [key, members] : groups) {
      Arena arena;
      std::vector<Datum> result;
      for (int column : aggregate.group_columns) {
        result.push_back(read_row(type, members.front())[static_cast<size_t>(column)]);
      }
      for (const AggregateCall& call : aggregate.calls) {
        result.push_back(aggregate_value(call, type, members, arena));
      }
      out.emplace_back();
      append_row(plan.row_type, result, &out.back());
    }
    return out;
  }

  static Datum aggregate_value(const AggregateCall& call, const RowType& type, const Rows& members,
                               Arena& arena) {
    if (call.function == AggregateFunction::count_rows) {
      return Datum::of_int(static_cast<int64_t>(members.size()));
    }
    const auto column = static_cast<size_t>(call.argument);
    std::vector<Datum> values;
    for (const std::string& row : members) {
      const Datum value = read_row(type, row)[column];
      if (!value.is_null()) values.push_back(value);
    }
    if (call.function == AggregateFunction::count) {
      return Datum::of_int(static_cast<int64_t>(values.size()));
    }
    if (values.empty()) return Datum::null();
    if (call.function == AggregateFunction::min || call.function == AggregateFunction::max) {
      return extreme(call.function, type[column].id, values);
    }
    return sum_or_avg(call, type[column].id, values, arena);
  }

  static Datum extreme(AggregateFunction function, TypeId type, const std::vector<Datum>& values) {
    Datum best = values[0];
    for (const Datum& value : values) {
      const int order = compare_datums(type, value, best);
      if (function == AggregateFunction::min ? order < 0 : order > 0) best = value;
    }
    return best;
  }

  // Floats of tests are few and have few bits: their sums are exact.
  static Datum sum_or_avg(const AggregateCall& call, TypeId type, const std::vector<Datum>& values,
                          Arena& arena) {
    const bool is_avg = call.function == AggregateFunction::avg;
    if (datum_kind(type) == DatumKind::floating) {
      double sum = 0;
      for (const Datum& value : values) sum += value.floating();
      return Datum::of_float(is_avg ? sum / static_cast<double>(values.size()) : sum);
    }
    Numeric sum;
    for (const Datum& value : values) {
      const Numeric addend = type == TypeId::numeric ? Numeric::of_encoded(value.bytes())
                                                     : Numeric::of_int(value.integer());
      sum = add(sum, addend).value();
    }
    if (is_avg) {
      return divide(sum, Numeric::of_int(static_cast<int64_t>(values.size())))
          .value()
          .to_datum(arena);
    }
    if (call.result_type.id == TypeId::numeric) return sum.to_datum(arena);
    return Datum::of_int(numeric_to_int(sum, INT64_MIN, INT64_MAX, "bigint").value());
  }

  const Tables& tables_;
  std::multiset<std::string> errors_;
};

}  // namespace leat::joins
