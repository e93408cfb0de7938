// Random plans over two small tables whose columns join well, and random rows for them.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "joins/accumulator.h"
#include "tests/joins/rows.h"
#include "tests/joins/test_scalar.h"
#include "tests/support/random.h"

namespace leat::joins {

inline const std::vector<std::string> kTestTopics = {"t", "u"};

// id, two small integers that may be NULL, a text, a float, a numeric. The key is the id.
inline RowType test_topic_type() {
  return {{TypeId::int64}, {TypeId::int32},   {TypeId::int16},
          {TypeId::text},  {TypeId::float64}, {TypeId::numeric}};
}

inline std::string random_test_row(test::Random& random, int64_t id) {
  auto maybe = [&](Value value) { return random.one_in(6) ? Value(nullptr) : std::move(value); };
  const std::vector<std::string> texts = {"", "a", "b", std::string("a\0b", 3), "longer than most"};
  const std::vector<std::string> numerics = {"0", "1.50", "-2.25", "1000000000000000000000.001"};
  return make_row(test_topic_type(), {id, maybe(random.between(-2, 6)), maybe(random.between(0, 5)),
                                      maybe(texts[random.below(texts.size())]),
                                      maybe(static_cast<double>(random.between(-40, 40)) / 4),
                                      maybe(numerics[random.below(numerics.size())])});
}

class RandomPlan {
 public:
  explicit RandomPlan(test::Random& random) : random_(random) {}

  // At most DEPTH operators above each input.
  PlanPtr make(int depth) {
    if (depth == 0) return input();
    switch (random_.below(8)) {
      case 0:
        return filter(make(depth - 1));
      case 1:
        return map(make(depth - 1));
      case 2:
      case 3:
        return aggregate(make(depth - 1));
      default:
        return join(make(depth - 1), make(random_.below(static_cast<size_t>(depth))));
    }
  }

 private:
  PlanPtr make(size_t depth) { return make(static_cast<int>(depth)); }

  PlanPtr input() {
    Input out;
    out.topic = kTestTopics[random_.below(kTestTopics.size())];
    out.topic_row_type = test_topic_type();
    out.columns = {0};
    const bool all = random_.one_in(3);
    RowType type = {out.topic_row_type[0]};
    for (int i = 1; i < static_cast<int>(out.topic_row_type.size()); ++i) {
      if (!all && random_.one_in(3)) continue;
      out.columns.push_back(i);
      type.push_back(out.topic_row_type[static_cast<size_t>(i)]);
    }
    return make_plan(std::move(type), {0}, std::move(out));
  }

  static bool is_integer(Type type) {
    return type.id == TypeId::int16 || type.id == TypeId::int32 || type.id == TypeId::int64;
  }

  // A column of integers; every plan here has one.
  int integer_column(const Plan& plan) {
    std::vector<int> found;
    for (size_t i = 0; i < plan.row_type.size(); ++i) {
      if (is_integer(plan.row_type[i])) found.push_back(static_cast<int>(i));
    }
    return found[random_.below(found.size())];
  }

  PlanPtr filter(PlanPtr input) {
    RowType type = input->row_type;
    std::vector<int> key = input->unique_key;
    ScalarPtr condition = test_is_odd(integer_column(*input));
    return make_plan(std::move(type), std::move(key),
                     Filter{std::move(input), std::move(condition)});
  }

  // The key's columns, a sum, and some of the others.
  PlanPtr map(PlanPtr input) {
    Map out;
    RowType type;
    std::vector<int> key;
    auto add_column = [&](int column) {
      const Type column_type = input->row_type[static_cast<size_t>(column)];
      out.columns.push_back(test_column(column, column_type));
      type.push_back(column_type);
    };
    out.columns.push_back(test_sum(integer_column(*input), integer_column(*input)));
    type.push_back({TypeId::int64});
    for (int column : input->unique_key) {
      key.push_back(static_cast<int>(type.size()));
      add_column(column);
    }
    for (int column = 0; column < static_cast<int>(input->row_type.size()); ++column) {
      if (random_.one_in(2)) add_column(column);
    }
    out.input = std::move(input);
    return make_plan(std::move(type), std::move(key), std::move(out));
  }

  PlanPtr join(PlanPtr left, PlanPtr right) {
    Join out;
    out.kind = random_.one_in(2) ? JoinKind::inner : JoinKind::left;
    out.left_keys = {integer_column(*left)};
    const bool to_one = right->unique_key.size() == 1 && random_.one_in(2) &&
                        is_integer(right->row_type[static_cast<size_t>(right->unique_key[0])]);
    out.right_keys = {to_one ? right->unique_key[0] : integer_column(*right)};
    if (!to_one && random_.one_in(4)) {
      out.left_keys.push_back(integer_column(*left));
      out.right_keys.push_back(integer_column(*right));
    }
    RowType type = left->row_type;
    type.insert(type.end(), right->row_type.begin(), right->row_type.end());
    std::vector<int> key = left->unique_key;
    const int shift = static_cast<int>(left->row_type.size());
    for (int column : right->unique_key) {
      if (!to_one) key.push_back(shift + column);
    }
    out.left = std::move(left);
    out.right = std::move(right);
    return make_plan(std::move(type), std::move(key), std::move(out));
  }

  PlanPtr aggregate(PlanPtr input) {
    Aggregate out;
    RowType type;
    for (size_t n = random_.below(3); n-- > 0;) {
      out.group_columns.push_back(integer_column(*input));
      type.push_back(input->row_type[static_cast<size_t>(out.group_columns.back())]);
    }
    std::vector<int> key;
    for (size_t i = 0; i < type.size(); ++i) key.push_back(static_cast<int>(i));
    out.calls.push_back({});
    type.push_back(out.calls.back().result_type);
    for (size_t n = random_.below(5); n-- > 0;) {
      AggregateCall call = random_call(input->row_type);
      type.push_back(call.result_type);
      out.calls.push_back(call);
    }
    out.input = std::move(input);
    return make_plan(std::move(type), std::move(key), std::move(out));
  }

  AggregateCall random_call(const RowType& type) {
    constexpr AggregateFunction kFunctions[] = {AggregateFunction::count, AggregateFunction::sum,
                                                AggregateFunction::min, AggregateFunction::max,
                                                AggregateFunction::avg};
    for (;;) {
      AggregateCall call;
      call.function = kFunctions[random_.below(std::size(kFunctions))];
      call.argument = static_cast<int>(random_.below(type.size()));
      if (aggregate_result_type(call.function, type[static_cast<size_t>(call.argument)].id,
                                &call.result_type.id)) {
        return call;
      }
    }
  }

  test::Random& random_;
};

}  // namespace leat::joins
