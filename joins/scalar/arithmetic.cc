// + - * / % and their kin on numbers, with PostgreSQL's errors (int.c, int8.c, float.c).
#include <cmath>
#include <limits>
#include <type_traits>

#include "joins/scalar/catalog.h"

namespace leat::joins {

namespace {

using Arguments = std::span<const Datum>;

template <class T>
struct NumberType;
template <>
struct NumberType<int16_t> {
  static constexpr TypeId id = TypeId::int16;
  static constexpr const char* out_of_range = "smallint out of range";
};
template <>
struct NumberType<int32_t> {
  static constexpr TypeId id = TypeId::int32;
  static constexpr const char* out_of_range = "integer out of range";
};
template <>
struct NumberType<int64_t> {
  static constexpr TypeId id = TypeId::int64;
  static constexpr const char* out_of_range = "bigint out of range";
};
template <>
struct NumberType<float> {
  static constexpr TypeId id = TypeId::float32;
};
template <>
struct NumberType<double> {
  static constexpr TypeId id = TypeId::float64;
};

RowError division_by_zero() {
  return fail("division by zero", kDivisionByZero);
}
RowError float_overflow() {
  return fail("value out of range: overflow", kNumericOutOfRange);
}
RowError float_underflow() {
  return fail("value out of range: underflow", kNumericOutOfRange);
}

template <class T>
T number(const Datum& value) {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(value.floating());
  } else {
    return static_cast<T>(value.integer());
  }
}

// --- Integers -----------------------------------------------------------------------------------

template <class T>
ScalarResult checked(bool overflowed, T value) {
  if (overflowed) return fail(NumberType<T>::out_of_range, kNumericOutOfRange);
  return Datum::of_int(value);
}

template <class R, class A, class B>
ScalarResult add_ints(Arguments in, Arena&) {
  R out;
  bool overflowed = __builtin_add_overflow(number<A>(in[0]), number<B>(in[1]), &out);
  return checked(overflowed, out);
}

template <class R, class A, class B>
ScalarResult subtract_ints(Arguments in, Arena&) {
  R out;
  bool overflowed = __builtin_sub_overflow(number<A>(in[0]), number<B>(in[1]), &out);
  return checked(overflowed, out);
}

template <class R, class A, class B>
ScalarResult multiply_ints(Arguments in, Arena&) {
  R out;
  bool overflowed = __builtin_mul_overflow(number<A>(in[0]), number<B>(in[1]), &out);
  return checked(overflowed, out);
}

template <class T>
ScalarResult subtract_from_zero(T value) {
  T out;
  bool overflowed = __builtin_sub_overflow(T{0}, value, &out);
  return checked(overflowed, out);
}

template <class R, class A, class B>
ScalarResult divide_ints(Arguments in, Arena&) {
  R dividend = number<A>(in[0]);
  R divisor = number<B>(in[1]);
  if (divisor == 0) return division_by_zero();
  if (divisor == -1) return subtract_from_zero(dividend);
  return Datum::of_int(dividend / divisor);
}

template <class T>
ScalarResult modulo_ints(Arguments in, Arena&) {
  T divisor = number<T>(in[1]);
  if (divisor == 0) return division_by_zero();
  return Datum::of_int(divisor == -1 ? 0 : number<T>(in[0]) % divisor);
}

template <class T>
ScalarResult negate_int(Arguments in, Arena&) {
  return subtract_from_zero(number<T>(in[0]));
}

template <class T>
ScalarResult absolute_int(Arguments in, Arena& arena) {
  if (number<T>(in[0]) >= 0) return in[0];
  return negate_int<T>(in, arena);
}

ScalarResult itself(Arguments in, Arena&) {
  return in[0];
}

template <class A, class B>
void add_int_pair(Catalog& operators) {
  using R = std::conditional_t<(sizeof(A) > sizeof(B)), A, B>;
  TypeId a = NumberType<A>::id, b = NumberType<B>::id, result = NumberType<R>::id;
  operators.add("+", {a, b}, result, add_ints<R, A, B>);
  operators.add("-", {a, b}, result, subtract_ints<R, A, B>);
  operators.add("*", {a, b}, result, multiply_ints<R, A, B>);
  operators.add("/", {a, b}, result, divide_ints<R, A, B>);
}

template <class T>
void add_int(Catalog& operators, Catalog& functions) {
  TypeId id = NumberType<T>::id;
  add_int_pair<T, int16_t>(operators);
  add_int_pair<T, int32_t>(operators);
  add_int_pair<T, int64_t>(operators);
  operators.add("%", {id, id}, id, modulo_ints<T>);
  operators.add("-", {id}, id, negate_int<T>);
  operators.add("+", {id}, id, itself);
  functions.add("mod", {id, id}, id, modulo_ints<T>);
  functions.add("abs", {id}, id, absolute_int<T>);
}

// --- Floats
// ---------------------------------------------------------------------------------------

template <class R>
ScalarResult unless_overflow(R value, bool from_infinity) {
  if (std::isinf(value) && !from_infinity) return float_overflow();
  return Datum::of_float(value);
}

template <class R>
ScalarResult add_floats(Arguments in, Arena&) {
  R a = number<R>(in[0]), b = number<R>(in[1]);
  return unless_overflow<R>(a + b, std::isinf(a) || std::isinf(b));
}

template <class R>
ScalarResult subtract_floats(Arguments in, Arena&) {
  R a = number<R>(in[0]), b = number<R>(in[1]);
  return unless_overflow<R>(a - b, std::isinf(a) || std::isinf(b));
}

template <class R>
ScalarResult multiply_floats(Arguments in, Arena&) {
  R a = number<R>(in[0]), b = number<R>(in[1]);
  R product = a * b;
  if (product == 0 && a != 0 && b != 0) return float_underflow();
  return unless_overflow<R>(product, std::isinf(a) || std::isinf(b));
}

template <class R>
ScalarResult divide_floats(Arguments in, Arena&) {
  R a = number<R>(in[0]), b = number<R>(in[1]);
  if (b == 0 && !std::isnan(a)) return division_by_zero();
  R quotient = a / b;
  if (quotient == 0 && a != 0 && !std::isinf(b)) return float_underflow();
  return unless_overflow<R>(quotient, std::isinf(a));
}

template <double (*F)(double)>
ScalarResult apply(Arguments in, Arena&) {
  return Datum::of_float(F(in[0].floating()));
}

double negated(double value) {
  return -value;
}
double sign(double value) {
  return value > 0 ? 1.0 : value < 0 ? -1.0 : 0.0;
}
double absolute(double value) {
  return std::fabs(value);
}
double rounded(double value) {
  return std::rint(value);
}
double ceiled(double value) {
  return std::ceil(value);
}
double floored(double value) {
  return std::floor(value);
}
double truncated(double value) {
  return std::trunc(value);
}

ScalarResult square_root_float(Arguments in, Arena&) {
  double value = in[0].floating();
  if (value < 0) return fail("cannot take square root of a negative number", "2201F");
  return Datum::of_float(std::sqrt(value));
}

ScalarResult logarithm(Arguments in, Arena&) {
  double value = in[0].floating();
  if (value == 0) return fail("cannot take logarithm of zero", "2201E");
  if (value < 0) return fail("cannot take logarithm of a negative number", "2201E");
  return Datum::of_float(std::log(value));
}

ScalarResult exponential(Arguments in, Arena&) {
  double value = in[0].floating();
  double out = std::exp(value);
  if (out == 0 && !std::isinf(value)) return float_underflow();
  return unless_overflow(out, std::isinf(value));
}

// dpow: what IEEE leaves to the platform is decided by hand there, and agrees with C's pow().
ScalarResult power_floats(Arguments in, Arena&) {
  double base = in[0].floating(), exponent = in[1].floating();
  bool special = std::isinf(base) || std::isinf(exponent);
  if (std::isnan(base) || std::isnan(exponent)) return Datum::of_float(std::pow(base, exponent));
  if (base == 0 && exponent < 0) {
    return fail("zero raised to a negative power is undefined", "2201F");
  }
  if (base < 0 && std::floor(exponent) != exponent) {
    return fail("a negative number raised to a non-integer power yields a complex result", "2201F");
  }
  double out = std::pow(base, exponent);
  if (special) return Datum::of_float(out);
  if (out == 0 && base != 0) return float_underflow();
  return unless_overflow(out, false);
}

template <class A, class B>
void add_float_pair(Catalog& operators) {
  using R = std::conditional_t<(sizeof(A) > sizeof(B)), A, B>;
  TypeId a = NumberType<A>::id, b = NumberType<B>::id, result = NumberType<R>::id;
  operators.add("+", {a, b}, result, add_floats<R>);
  operators.add("-", {a, b}, result, subtract_floats<R>);
  operators.add("*", {a, b}, result, multiply_floats<R>);
  operators.add("/", {a, b}, result, divide_floats<R>);
}

template <class T>
void add_float(Catalog& operators, Catalog& functions) {
  TypeId id = NumberType<T>::id;
  add_float_pair<T, float>(operators);
  add_float_pair<T, double>(operators);
  operators.add("-", {id}, id, apply<negated>);
  operators.add("+", {id}, id, itself);
  functions.add("abs", {id}, id, apply<absolute>);
}

void add_double_functions(Catalog& operators, Catalog& functions) {
  constexpr TypeId id = TypeId::float64;
  functions.add("round", {id}, id, apply<rounded>);
  for (const char* name : {"ceil", "ceiling"}) functions.add(name, {id}, id, apply<ceiled>);
  functions.add("floor", {id}, id, apply<floored>);
  functions.add("trunc", {id}, id, apply<truncated>);
  functions.add("sign", {id}, id, apply<sign>);
  functions.add("sqrt", {id}, id, square_root_float);
  functions.add("ln", {id}, id, logarithm);
  functions.add("exp", {id}, id, exponential);
  for (const char* name : {"power", "pow"}) functions.add(name, {id, id}, id, power_floats);
  operators.add("^", {id, id}, id, power_floats);
}

}  // namespace

void add_arithmetic(Catalog& operators, Catalog& functions) {
  add_int<int16_t>(operators, functions);
  add_int<int32_t>(operators, functions);
  add_int<int64_t>(operators, functions);
  add_float<float>(operators, functions);
  add_float<double>(operators, functions);
  add_double_functions(operators, functions);
}

}  // namespace leat::joins
