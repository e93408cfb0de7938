// Thousands of values of each type, against the server's own text, bytes and order.
#include <algorithm>
#include <catch2/catch.hpp>

#include "log/model/binary_format.h"
#include "log/model/key.h"
#include "log/model/text_format.h"
#include "tests/postgres/support/reference.h"
#include "tests/support/random_values.h"

using namespace leat;
using namespace leat::test;

namespace {

constexpr int kValues = 1500;

const char* send_function(TypeId type) {
  switch (type) {
    case TypeId::boolean:
      return "boolsend";
    case TypeId::int16:
      return "int2send";
    case TypeId::int32:
      return "int4send";
    case TypeId::int64:
      return "int8send";
    case TypeId::float32:
      return "float4send";
    case TypeId::float64:
      return "float8send";
    case TypeId::numeric:
      return "numeric_send";
    case TypeId::text:
      return "textsend";
    case TypeId::bpchar:
      return "bpcharsend";
    case TypeId::bytea:
      return "byteasend";
    case TypeId::uuid:
      return "uuid_send";
    case TypeId::date:
      return "date_send";
    case TypeId::time:
      return "time_send";
    case TypeId::timetz:
      return "timetz_send";
    case TypeId::timestamp:
      return "timestamp_send";
    case TypeId::timestamptz:
      return "timestamptz_send";
    case TypeId::interval:
      return "interval_send";
    case TypeId::json:
      return "json_send";
    case TypeId::jsonb:
      return "jsonb_send";
  }
  return "";
}

std::string sql_type(TypeId type) {
  return type == TypeId::bpchar ? "bpchar" : type_name(type);
}

// What the server makes of one text.
struct Answer {
  std::string input;
  std::string text;
  std::string bytes;
  int rank = 0;  // equal for equal values; 0 where the type has no order
};

std::string unhex(std::string_view hex) {
  Arena arena;
  return std::string(parse_text(TypeId::bytea, "\\x" + std::string(hex), arena)->bytes());
}

bool has_order(TypeId type) {
  return type != TypeId::json && type != TypeId::jsonb;
}

std::string order_expression(TypeId type) {
  if (!has_order(type)) return "0";
  bool is_string = type == TypeId::text || type == TypeId::bpchar;
  return std::string("dense_rank() OVER (ORDER BY v") + (is_string ? " COLLATE \"C\")" : ")");
}

std::vector<Answer> ask(TypeId type, const std::vector<std::string>& inputs) {
  PostgresClient& client = Reference::get().client();
  std::string data;
  for (size_t i = 0; i < inputs.size(); ++i) {
    data += std::to_string(i) + "\t" + copy_field(inputs[i]) + "\n";
  }
  REQUIRE(client.execute("CREATE TEMP TABLE v (i int, v " + sql_type(type) + ")").ok());
  auto copied = client.copy_in("COPY v FROM STDIN", data);
  INFO((copied.ok() ? "" : copied.error().message()));
  REQUIRE(copied.ok());
  // format() prints with the type's output function; ::text would cut char(n)'s blanks.
  auto rows = client.query("SELECT format('%s', v), encode(" + std::string(send_function(type)) +
                           "(v), 'hex'), " + order_expression(type) + " FROM v ORDER BY i");
  REQUIRE(rows.ok());
  REQUIRE(client.execute("DROP TABLE v").ok());
  std::vector<Answer> out;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const TextRow& row = (*rows)[i];
    out.push_back({inputs[i], *row[0], unhex(*row[1]), std::stoi(*row[2])});
  }
  return out;
}

std::vector<std::string> random_texts(TypeId type) {
  RandomValues random(random_seed() + static_cast<uint64_t>(type));
  std::vector<std::string> out;
  for (int i = 0; i < kValues; ++i) out.push_back(random.text(type));
  return out;
}

int sign(int value) {
  return value < 0 ? -1 : value > 0 ? 1 : 0;
}

}  // namespace

TEST_CASE("EveryTypePrintsReadsAndEncodesAsTheServerDoes") {
  for (TypeId type : kAllTypes) {
    for (const Answer& answer : ask(type, random_texts(type))) {
      INFO(type_name(type) << ": " << answer.input);
      Arena arena;
      auto decoded = decode_binary({type}, answer.bytes, arena);
      REQUIRE(decoded.ok());
      std::string printed;
      append_text(type, *decoded, &printed);
      REQUIRE(printed == answer.text);
      auto parsed = parse_text(type, answer.input, arena);
      REQUIRE(parsed.ok());
      std::string bytes;
      append_binary(type, *parsed, &bytes);
      REQUIRE(bytes == answer.bytes);
    }
  }
}

TEST_CASE("EveryTypeIsOrderedAsTheServerOrdersIt") {
  for (TypeId type : kAllTypes) {
    if (!has_order(type)) continue;
    std::vector<Answer> answers = ask(type, random_texts(type));
    std::sort(answers.begin(), answers.end(),
              [](const Answer& a, const Answer& b) { return a.rank < b.rank; });
    Arena arena;
    for (size_t i = 1; i < answers.size(); ++i) {
      Datum a = *parse_text(type, answers[i - 1].text, arena);
      Datum b = *parse_text(type, answers[i].text, arena);
      INFO(type_name(type) << ": " << answers[i - 1].text << " and " << answers[i].text);
      REQUIRE(sign(compare_datums(type, a, b)) == sign(answers[i - 1].rank - answers[i].rank));
    }
  }
}
