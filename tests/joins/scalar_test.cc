#include <catch2/catch.hpp>

#include "joins/scalar/functions.h"
#include "log/model/text_format.h"

using namespace leat;
using namespace leat::joins;

namespace {

// A typed constant from its text; a null text is NULL.
ScalarPtr value(TypeId type, const char* text) {
  if (text == nullptr) return make_constant({type}, Datum::null());
  Arena arena;
  return make_constant({type}, *parse_text(type, text, arena));
}
ScalarPtr integer(int64_t number) {
  return make_constant({TypeId::int32}, Datum::of_int(number));
}
ScalarPtr boolean(const char* text) {
  return value(TypeId::boolean, text);
}
ScalarPtr literal(const char* text) {
  return make_untyped(text);
}

// "type: text", "type: NULL", or "SQLSTATE: message".
std::string run(const BindResult<ScalarPtr>& bound, std::span<const Datum> row = {}) {
  if (!bound.ok()) return bound.error().sqlstate + ": " + bound.error().message;
  Arena arena;
  auto result = (*bound)->evaluate(row, arena);
  if (!result.ok()) return result.error().sqlstate + ": " + result.error().message;
  std::string out = std::string(type_name((*bound)->type().id)) + ": ";
  if ((*result).is_null()) return out + "NULL";
  append_text((*bound)->type().id, *result, &out);
  return out;
}

std::string run_operator(const char* op, std::vector<ScalarPtr> operands) {
  return run(bind_operator(op, std::move(operands)));
}
std::string run_function(const char* name, std::vector<ScalarPtr> arguments) {
  return run(bind_function(name, std::move(arguments)));
}

}  // namespace

TEST_CASE("ArithmeticChoosesTheWiderTypeAsPostgresDoes") {
  CHECK(run_operator("+", {integer(1), value(TypeId::int64, "2")}) == "bigint: 3");
  CHECK(run_operator("+", {integer(1), value(TypeId::numeric, "2.50")}) == "numeric: 3.50");
  CHECK(run_operator("*", {integer(3), value(TypeId::float64, "0.5")}) == "double precision: 1.5");
  CHECK(run_operator("/", {integer(7), integer(-2)}) == "integer: -3");
  CHECK(run_operator("%", {integer(-7), integer(2)}) == "integer: -1");
  CHECK(run_operator("-", {integer(5)}) == "integer: -5");
  CHECK(run_operator("^", {integer(2), integer(10)}) == "double precision: 1024");
  CHECK(run_operator("+", {integer(1), literal("2")}) == "integer: 3");
}

TEST_CASE("ArithmeticErrorsArePostgresSentences") {
  CHECK(run_operator("+", {integer(INT32_MAX), integer(1)}) == "22003: integer out of range");
  CHECK(run_operator("/", {integer(1), integer(0)}) == "22012: division by zero");
  CHECK(run_operator("/", {integer(INT32_MIN), integer(-1)}) == "22003: integer out of range");
  CHECK(run_operator("+", {integer(1), value(TypeId::text, "a")}) ==
        "42883: operator does not exist: integer + text");
  CHECK(run_operator("+", {integer(1), literal("a")}) ==
        "22P02: invalid input syntax for type integer: \"a\"");
  CHECK(run_operator("-", {value(TypeId::jsonb, "{}"), integer(1)}) ==
        "0A000: operator jsonb - integer is not supported");
  CHECK(run_function("nothing", {integer(1)}) == "42883: function nothing(integer) does not exist");
  CHECK(run_function("now", {}).substr(0, 5) == "0A000");
}

TEST_CASE("AnErrorBesideNullIsStillAnError") {
  auto one_by_zero = bind_operator("/", {integer(1), integer(0)});
  CHECK(run_operator("+", {value(TypeId::int32, nullptr), *one_by_zero}) ==
        "22012: division by zero");
}

TEST_CASE("LogicIsThreeValuedAndStopsWhereItIsDecided") {
  CHECK(run(bind_and({boolean("t"), boolean(nullptr)})) == "boolean: NULL");
  CHECK(run(bind_and({boolean(nullptr), boolean("f")})) == "boolean: f");
  CHECK(run(bind_or({boolean(nullptr), boolean("t")})) == "boolean: t");
  CHECK(run(bind_or({boolean("f"), boolean(nullptr)})) == "boolean: NULL");
  CHECK(run(bind_not(boolean(nullptr))) == "boolean: NULL");
  auto fails = bind_operator("=", {*bind_operator("/", {integer(1), integer(0)}), integer(1)});
  CHECK(run(bind_and({boolean("f"), *fails})) == "boolean: f");
  CHECK(run(bind_and({boolean("t"), *fails})) == "22012: division by zero");
  CHECK(run(bind_and({integer(1), boolean("t")})) ==
        "42804: argument of AND must be type boolean, not type integer");
}

TEST_CASE("TestsForNullAndTruthAreNeverNull") {
  CHECK(run(bind_is_null(integer(1), false)) == "boolean: f");
  CHECK(run(bind_is_null(literal("x"), true)) == "boolean: t");
  CHECK(run(bind_truth_test(boolean(nullptr), TruthTest::is_true, true)) == "boolean: t");
  CHECK(run(bind_truth_test(boolean(nullptr), TruthTest::is_unknown, false)) == "boolean: t");
  CHECK(run(bind_distinct(integer(1), value(TypeId::int32, nullptr), false)) == "boolean: t");
  CHECK(run(bind_distinct(make_untyped(std::nullopt), value(TypeId::int32, nullptr), false)) ==
        "boolean: f");
}

TEST_CASE("ConditionalsTakeTheCommonType") {
  CHECK(run(bind_case(nullptr, {{boolean("f"), integer(1)}}, value(TypeId::numeric, "2.0"))) ==
        "numeric: 2.0");
  CHECK(run(bind_case(integer(2), {{integer(1), literal("a")}, {integer(2), literal("b")}},
                      nullptr)) == "text: b");
  CHECK(run(bind_case(nullptr, {{boolean("t"), integer(1)}}, value(TypeId::text, "x"))) ==
        "42804: CASE types text and integer cannot be matched");
  CHECK(run(bind_coalesce({value(TypeId::int32, nullptr), value(TypeId::int64, "5")})) ==
        "bigint: 5");
  CHECK(run(bind_nullif(integer(1), integer(1))) == "integer: NULL");
  CHECK(run(bind_greatest({integer(1), value(TypeId::int32, nullptr), integer(3)})) ==
        "integer: 3");
  CHECK(run(bind_least({value(TypeId::float64, "NaN"), value(TypeId::float64, "1")})) ==
        "double precision: 1");
}

TEST_CASE("InListsKnowNull") {
  CHECK(run(bind_in(integer(1), {integer(2), make_untyped(std::nullopt)}, false)) ==
        "boolean: NULL");
  CHECK(run(bind_in(integer(2), {integer(2), make_untyped(std::nullopt)}, false)) == "boolean: t");
  CHECK(run(bind_in(integer(1), {integer(2), value(TypeId::numeric, "1.0")}, true)) ==
        "boolean: f");
  CHECK(run(bind_between(integer(2), integer(1), literal("3"), false)) == "boolean: t");
}

TEST_CASE("LikeMatchesCharactersNotBytes") {
  auto like = [](const char* text, const char* pattern, bool ignore_case = false) {
    return run(bind_like(value(TypeId::text, text), literal(pattern), nullptr, ignore_case, false));
  };
  CHECK(like("abc", "a%") == "boolean: t");
  CHECK(like("abc", "_b_") == "boolean: t");
  CHECK(like("é", "_") == "boolean: t");
  CHECK(like("a%c", "a\\%c") == "boolean: t");
  CHECK(like("abc", "a\\%c") == "boolean: f");
  CHECK(like("aXbXc", "%X%c") == "boolean: t");
  CHECK(like("ABC", "a%", true) == "boolean: t");
  CHECK(like("", "%") == "boolean: t");
  CHECK(like("a", "a\\") == "boolean: f");
  CHECK(like("ab", "a\\") == "22025: LIKE pattern must not end with escape character");
  CHECK(run(bind_like(value(TypeId::text, "a_c"), literal("a!_c"), literal("!"), false, false)) ==
        "boolean: t");
}

TEST_CASE("ConcatenationTakesAnyTypeBesideText") {
  CHECK(run_operator("||", {value(TypeId::text, "n="), integer(5)}) == "text: n=5");
  CHECK(run_operator("||", {integer(5), literal("x")}) == "text: 5x");
  CHECK(run_operator("||", {boolean("t"), value(TypeId::text, "!")}) == "text: true!");
  CHECK(run_operator("||", {value(TypeId::bpchar, "a  "), value(TypeId::text, "b")}) == "text: ab");
  CHECK(run_operator("||", {integer(1), integer(2)}) ==
        "42883: operator does not exist: integer || integer");
  CHECK(run_function("concat", {literal("a"), boolean("t"), make_untyped(std::nullopt)}) ==
        "text: at");
  CHECK(run_function("concat_ws", {literal(","), literal("a"), make_untyped(std::nullopt),
                                   integer(1)}) == "text: a,1");
}

TEST_CASE("TextFunctionsCountCharacters") {
  CHECK(run_function("length", {literal("naïve")}) == "integer: 5");
  CHECK(run_function("octet_length", {literal("naïve")}) == "integer: 6");
  CHECK(run_function("substring", {literal("naïve"), integer(3), integer(2)}) == "text: ïv");
  CHECK(run_function("substring", {literal("abc"), integer(-1), integer(3)}) == "text: a");
  CHECK(run_function("substring", {literal("abc"), integer(1), integer(-1)}) ==
        "22011: negative substring length not allowed");
  CHECK(run_function("left", {literal("naïve"), integer(-2)}) == "text: naï");
  CHECK(run_function("right", {literal("naïve"), integer(3)}) == "text: ïve");
  CHECK(run_function("position", {literal("naïve"), literal("v")}) == "integer: 4");
  CHECK(run_function("upper", {literal("naïve")}) == "text: NAÏVE");
  CHECK(run_function("reverse", {literal("aé")}) == "text: éa");
  CHECK(run_function("btrim", {literal("xxaxx"), literal("x")}) == "text: a");
  CHECK(run_function("split_part", {literal("a,b,c"), literal(","), integer(-1)}) == "text: c");
  CHECK(run_function("split_part", {literal("a,b,c"), literal(","), integer(2)}) == "text: b");
  CHECK(run_function("split_part", {literal("a,b,c"), literal(","), integer(4)}) == "text: ");
  CHECK(run_function("split_part", {literal("a,b,c"), literal(","), integer(-4)}) == "text: ");
  CHECK(run_function("split_part", {literal("a,b,"), literal(","), integer(-1)}) == "text: ");
  CHECK(run_function("split_part", {literal("a"), literal(""), integer(-1)}) == "text: a");
  CHECK(run_function("btrim", {literal("éaébéé"), literal("xé")}) == "text: aéb");
  CHECK(run_function("lpad", {literal("7"), integer(6), literal("éa")}) == "text: éaéaé7");
  CHECK(run_function("strpos", {literal(""), literal("")}) == "integer: 1");
  CHECK(run_function("strpos", {literal("é,b"), literal("b")}) == "integer: 3");
  CHECK(run_function("lpad", {literal("7"), integer(3), literal("0")}) == "text: 007");
  CHECK(run_function("rpad", {literal("abc"), integer(2)}) == "text: ab");
  CHECK(run_function("replace", {literal("aXbX"), literal("X"), literal("--")}) == "text: a--b--");
  CHECK(run_function("repeat", {literal("ab"), integer(3)}) == "text: ababab");
}

// Where the time were the product of both, these would run for minutes.
TEST_CASE("LookingForALongTextTakesTimeLinearInBoth") {
  const std::string text(4'000'000, 'a');
  const std::string needle = std::string(2'000'000, 'a') + "b";
  const ScalarPtr in = literal(text.c_str()), what = literal(needle.c_str());
  CHECK(run_function("strpos", {in, what}) == "integer: 0");
  CHECK(run_function("split_part", {in, what, integer(2)}) == "text: ");
  CHECK(run_function("replace", {in, what, literal("x")}) == "text: " + text);
  CHECK(run_function("btrim", {in, literal((std::string(2'000'000, 'b') + "a").c_str())}) ==
        "text: ");
}

TEST_CASE("DatesAndIntervalsAddUp") {
  auto date = [](const char* text) { return value(TypeId::date, text); };
  auto interval = [](const char* text) { return value(TypeId::interval, text); };
  CHECK(run_operator("+", {date("2024-02-28"), integer(2)}) == "date: 2024-03-01");
  CHECK(run_operator("-", {date("2024-03-01"), date("2024-02-28")}) == "integer: 2");
  CHECK(run_operator("+", {date("2024-01-31"), interval("1 month")}) ==
        "timestamp without time zone: 2024-02-29 00:00:00");
  CHECK(run_operator("-", {value(TypeId::timestamp, "2024-03-01 10:00"),
                           value(TypeId::timestamp, "2024-02-28 12:30")}) ==
        "interval: 1 day 21:30:00");
  CHECK(run_operator("*", {interval("1 month"), value(TypeId::float64, "1.5")}) ==
        "interval: 1 mon 15 days");
  CHECK(run_operator("-", {date("2024-03-01"), literal("2024-02-28")}) == "integer: 2");
}

TEST_CASE("PartsOfDatesAndTruncation") {
  auto stamp = value(TypeId::timestamp, "2024-12-30 10:20:30.5");
  CHECK(run_function("extract", {literal("year"), stamp}) == "numeric: 2024");
  CHECK(run_function("extract", {literal("second"), stamp}) == "numeric: 30.500000");
  CHECK(run_function("extract", {literal("week"), stamp}) == "numeric: 1");
  CHECK(run_function("extract", {literal("isoyear"), stamp}) == "numeric: 2025");
  CHECK(run_function("date_part", {literal("epoch"), stamp}) == "double precision: 1735554030.5");
  CHECK(run_function("date_trunc", {literal("week"), stamp}) ==
        "timestamp without time zone: 2024-12-30 00:00:00");
  CHECK(run_function("extract", {literal("hour"), value(TypeId::date, "2024-01-01")}) ==
        "0A000: unit \"hour\" not supported for type date");
  CHECK(run_function("to_char", {stamp, literal("YYYY")}).substr(0, 5) == "0A000");
}

TEST_CASE("JsonPartsKeepTheirText") {
  auto json = value(TypeId::json, R"({"a": [1,  {"b": "x\ny"}], "n": 1.50, "z": null})");
  CHECK(run_operator("->", {json, literal("n")}) == "json: 1.50");
  CHECK(run_operator("->", {json, literal("a")}) == R"(json: [1,  {"b": "x\ny"}])");
  auto second = bind_operator("->", {*bind_operator("->", {json, literal("a")}), integer(-1)});
  CHECK(run_operator("->>", {*second, literal("b")}) == "text: x\ny");
  CHECK(run_operator("->>", {json, literal("z")}) == "text: NULL");
  CHECK(run_operator("->", {json, literal("missing")}) == "json: NULL");
}

TEST_CASE("NumbersOfAJsonbMayNotBecomeFarLongerThanTheyAreWritten") {
  auto cast = [](const std::string& text) {
    return run(
        bind_cast(value(TypeId::text, text.c_str()), {TypeId::jsonb}, CastContext::explicit_cast));
  };
  CHECK(cast("[1e3, 1.50]") == "jsonb: [1000, 1.50]");
  std::string many = "[0";
  for (int i = 0; i < 10'000; ++i) many += ",1e1000";
  CHECK_THAT(cast(many + "]"), Catch::StartsWith("54000: the numbers of a jsonb are too long"));
}

TEST_CASE("CastsFollowTheirContext") {
  auto cast = [](ScalarPtr operand, Type to, CastContext context) {
    return run(bind_cast(std::move(operand), to, context));
  };
  auto explicit_cast = CastContext::explicit_cast;
  CHECK(cast(value(TypeId::float64, "2.5"), {TypeId::int32}, explicit_cast) == "integer: 2");
  CHECK(cast(value(TypeId::numeric, "2.5"), {TypeId::int32}, explicit_cast) == "integer: 3");
  CHECK(cast(value(TypeId::numeric, "2.5"), {TypeId::int32}, CastContext::implicit) ==
        "42846: cannot cast type numeric to integer");
  CHECK(cast(value(TypeId::text, "12"), {TypeId::int32}, explicit_cast) == "integer: 12");
  CHECK(cast(integer(70000), {TypeId::int16}, explicit_cast) == "22003: smallint out of range");
  CHECK(cast(literal("abcdef"), {TypeId::text, 3 + 4}, explicit_cast) == "text: abc");
  CHECK(cast(value(TypeId::text, "abcdef"), {TypeId::text, 3 + 4}, CastContext::assignment) ==
        "22001: value too long for type character varying(3)");
  CHECK(cast(literal("a"), {TypeId::bpchar, 3 + 4}, explicit_cast) == "character: a  ");
  CHECK(cast(literal("1.005"), {TypeId::numeric, (5 << 16 | 2) + 4}, explicit_cast) ==
        "numeric: 1.01");
  CHECK(cast(value(TypeId::uuid, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), {TypeId::int32},
             explicit_cast) == "42846: cannot cast type uuid to integer");
}

TEST_CASE("AParameterLearnsItsTypeFromWhatIsBesideIt") {
  auto slot = std::make_shared<ParameterSlot>();
  auto bound = bind_operator("=", {make_column(0, {TypeId::int64}), make_untyped("5", slot)});
  REQUIRE(bound.ok());
  REQUIRE(slot->type);
  CHECK(slot->type->id == TypeId::int64);
  Datum row[] = {Datum::of_int(5)};
  CHECK(run(bound, row) == "boolean: t");
}

TEST_CASE("ConstantsWithQuotesAreNotTakenForOthers") {
  auto text = [](std::string_view value) {
    return make_constant({TypeId::text}, Datum::of_bytes(value));
  };
  auto two = *bind_function("concat", {text("a"), text("b")});
  auto one = *bind_function("concat", {text("a'::text, 'b")});
  CHECK_FALSE(same_expression(*two, *one));
  CHECK(to_string(*text("it's")) == "'it''s'::text");
}

TEST_CASE("ExpressionsCanBeMovedToOtherColumns") {
  auto sum =
      *bind_operator("+", {make_column(0, {TypeId::int32}), make_column(2, {TypeId::int32})});
  std::vector<int> seen;
  visit_columns(*sum, [&seen](int index) { seen.push_back(index); });
  CHECK(seen == std::vector<int>{0, 2});
  std::vector<ScalarPtr> columns{make_column(1, {TypeId::int32}), nullptr, integer(10)};
  auto moved = replace_columns(sum, columns);
  Datum row[] = {Datum::of_int(1), Datum::of_int(2)};
  CHECK(run(moved, row) == "integer: 12");
  CHECK(same_expression(*sum, **bind_operator("+", {make_column(0, {TypeId::int32}),
                                                    make_column(2, {TypeId::int32})})));
  CHECK_FALSE(same_expression(*sum, *moved));
}
