// Arithmetic on numeric; the values themselves are log/model/numeric.h's.
#include <cstdlib>

#include "joins/scalar/catalog.h"

namespace leat::joins {

namespace {

using Arguments = std::span<const Datum>;
constexpr TypeId kNumeric = TypeId::numeric;

template <NumericResult (*F)(const Numeric&, const Numeric&)>
ScalarResult binary(Arguments in, Arena& arena) {
  return to_scalar(F(numeric_of(in[0]), numeric_of(in[1])), arena);
}

template <NumericResult (*F)(const Numeric&)>
ScalarResult unary(Arguments in, Arena& arena) {
  return to_scalar(F(numeric_of(in[0])), arena);
}

template <Numeric (*F)(const Numeric&)>
ScalarResult total(Arguments in, Arena& arena) {
  return F(numeric_of(in[0])).to_datum(arena);
}

ScalarResult itself(Arguments in, Arena&) {
  return in[0];
}

ScalarResult round_to(Arguments in, Arena& arena) {
  auto digits = static_cast<int32_t>(in[1].integer());
  return to_scalar(round(numeric_of(in[0]), digits), arena);
}
ScalarResult round_whole(Arguments in, Arena& arena) {
  return to_scalar(round(numeric_of(in[0]), 0), arena);
}
ScalarResult truncate_to(Arguments in, Arena& arena) {
  auto digits = static_cast<int32_t>(in[1].integer());
  return truncate(numeric_of(in[0]), digits).to_datum(arena);
}
ScalarResult truncate_whole(Arguments in, Arena& arena) {
  return truncate(numeric_of(in[0]), 0).to_datum(arena);
}

ScalarResult power_numerics(Arguments in, Arena& arena) {
  return to_scalar(power(numeric_of(in[0]), numeric_of(in[1])), arena);
}

}  // namespace

void add_numeric_functions(Catalog& operators, Catalog& functions) {
  operators.add("+", {kNumeric, kNumeric}, kNumeric, binary<leat::add>);
  operators.add("-", {kNumeric, kNumeric}, kNumeric, binary<leat::subtract>);
  operators.add("*", {kNumeric, kNumeric}, kNumeric, binary<leat::multiply>);
  operators.add("/", {kNumeric, kNumeric}, kNumeric, binary<leat::divide>);
  operators.add("%", {kNumeric, kNumeric}, kNumeric, binary<leat::modulo>);
  operators.add("^", {kNumeric, kNumeric}, kNumeric, power_numerics);
  operators.add("+", {kNumeric}, kNumeric, itself);
  operators.add("-", {kNumeric}, kNumeric, total<leat::negate>);
  functions.add("mod", {kNumeric, kNumeric}, kNumeric, binary<leat::modulo>);
  functions.add("abs", {kNumeric}, kNumeric, total<leat::absolute>);
  functions.add("sign", {kNumeric}, kNumeric, total<leat::sign_of>);
  functions.add("round", {kNumeric}, kNumeric, round_whole);
  functions.add("round", {kNumeric, TypeId::int32}, kNumeric, round_to);
  functions.add("trunc", {kNumeric}, kNumeric, truncate_whole);
  functions.add("trunc", {kNumeric, TypeId::int32}, kNumeric, truncate_to);
  functions.add("floor", {kNumeric}, kNumeric, unary<leat::floor>);
  functions.add("ceil", {kNumeric}, kNumeric, unary<leat::ceiling>);
  functions.add("ceiling", {kNumeric}, kNumeric, unary<leat::ceiling>);
  functions.add("sqrt", {kNumeric}, kNumeric, unary<leat::square_root>);
  functions.add("power", {kNumeric, kNumeric}, kNumeric, power_numerics);
  functions.add("pow", {kNumeric, kNumeric}, kNumeric, power_numerics);
  functions.add("exp", {kNumeric}, kNumeric, nullptr);
  functions.add("ln", {kNumeric}, kNumeric, nullptr);
}

}  // namespace leat::joins
