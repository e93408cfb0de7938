// = <> < <= > >= on all types that PostgreSQL can order, across types where it has such operators.
#include "joins/scalar/catalog.h"
#include "log/model/datetime.h"
#include "log/model/key.h"

namespace leat::joins {

namespace {

using Arguments = std::span<const Datum>;

enum class Operator : uint8_t { equal, not_equal, less, less_equal, greater, greater_equal };

template <Operator op>
bool holds(int order) {
  switch (op) {
    case Operator::equal:
      return order == 0;
    case Operator::not_equal:
      return order != 0;
    case Operator::less:
      return order < 0;
    case Operator::less_equal:
      return order <= 0;
    case Operator::greater:
      return order > 0;
    case Operator::greater_equal:
      return order >= 0;
  }
}

using Order = int (*)(const Datum&, const Datum&);

template <Order order, Operator op>
ScalarResult compare_by(Arguments in, Arena&) {
  return Datum::of_bool(holds<op>(order(in[0], in[1])));
}

template <TypeId type>
int order_of(const Datum& a, const Datum& b) {
  return compare_datums(type, a, b);
}

int order_of_ints(const Datum& a, const Datum& b) {
  return a.integer() < b.integer() ? -1 : a.integer() > b.integer() ? 1 : 0;
}

int128 us_of_date(const Datum& date) {
  int64_t days = date.integer();
  if (days == kDateMinusInfinity) return kTimestampMinusInfinity;
  if (days == kDateInfinity) return kTimestampInfinity;
  return static_cast<int128>(days) * kUsPerDay;
}

// A date may lie outside the range of timestamps, but infinity is above it all the same.
int order_of_date_and_timestamp(const Datum& date, const Datum& timestamp) {
  int128 us = us_of_date(date);
  int128 other = timestamp.integer();
  bool finite = !is_infinite_date(date.integer());
  if (finite && timestamp.integer() == kTimestampInfinity) return -1;
  if (finite && timestamp.integer() == kTimestampMinusInfinity) return 1;
  return us < other ? -1 : us > other ? 1 : 0;
}
int order_of_timestamp_and_date(const Datum& timestamp, const Datum& date) {
  return -order_of_date_and_timestamp(date, timestamp);
}

template <Order order>
void add_all(Catalog& operators, TypeId a, TypeId b) {
  constexpr TypeId kBool = TypeId::boolean;
  operators.add("=", {a, b}, kBool, compare_by<order, Operator::equal>);
  operators.add("<>", {a, b}, kBool, compare_by<order, Operator::not_equal>);
  operators.add("<", {a, b}, kBool, compare_by<order, Operator::less>);
  operators.add("<=", {a, b}, kBool, compare_by<order, Operator::less_equal>);
  operators.add(">", {a, b}, kBool, compare_by<order, Operator::greater>);
  operators.add(">=", {a, b}, kBool, compare_by<order, Operator::greater_equal>);
}

template <TypeId type>
void add_own(Catalog& operators) {
  add_all<order_of<type>>(operators, type, type);
}

// jsonb is compared by its text, which only equality can rely on.
void add_jsonb(Catalog& operators) {
  constexpr TypeId kJsonb = TypeId::jsonb;
  constexpr Order kOrder = order_of<TypeId::jsonb>;
  operators.add("=", {kJsonb, kJsonb}, TypeId::boolean, compare_by<kOrder, Operator::equal>);
  operators.add("<>", {kJsonb, kJsonb}, TypeId::boolean, compare_by<kOrder, Operator::not_equal>);
  for (const char* name : {"<", "<=", ">", ">="}) {
    operators.add(name, {kJsonb, kJsonb}, TypeId::boolean, nullptr);
  }
}

}  // namespace

void add_comparisons(Catalog& operators) {
  for (TypeId a : {TypeId::int16, TypeId::int32, TypeId::int64}) {
    for (TypeId b : {TypeId::int16, TypeId::int32, TypeId::int64}) {
      add_all<order_of_ints>(operators, a, b);
    }
  }
  for (TypeId a : {TypeId::float32, TypeId::float64}) {
    for (TypeId b : {TypeId::float32, TypeId::float64}) {
      add_all<order_of<TypeId::float64>>(operators, a, b);
    }
  }
  for (TypeId stamp : {TypeId::timestamp, TypeId::timestamptz}) {
    add_all<order_of_date_and_timestamp>(operators, TypeId::date, stamp);
    add_all<order_of_timestamp_and_date>(operators, stamp, TypeId::date);
    for (TypeId other : {TypeId::timestamp, TypeId::timestamptz}) {
      add_all<order_of_ints>(operators, stamp, other);
    }
  }
  add_all<order_of_ints>(operators, TypeId::date, TypeId::date);
  add_all<order_of_ints>(operators, TypeId::time, TypeId::time);
  add_own<TypeId::boolean>(operators);
  add_own<TypeId::numeric>(operators);
  add_own<TypeId::text>(operators);
  add_own<TypeId::bpchar>(operators);
  add_own<TypeId::bytea>(operators);
  add_own<TypeId::uuid>(operators);
  add_own<TypeId::timetz>(operators);
  add_own<TypeId::interval>(operators);
  add_jsonb(operators);
}

}  // namespace leat::joins
