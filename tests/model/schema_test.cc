#include "log/model/schema.h"

#include <catch2/catch.hpp>

using leat::Column;
using leat::decode_schema;
using leat::encode_schema;
using leat::Schema;
using leat::TypeId;

namespace {

Schema orders() {
  Schema schema;
  schema.columns = {Column{"id", {TypeId::int64}, false},
                    Column{"amount", {TypeId::numeric, 655366}, true},
                    Column{"note", {TypeId::text}, true}};
  schema.key_columns = {0};
  return schema;
}

}  // namespace

TEST_CASE("SchemaRoundTripsThroughItsStoredForm") {
  Schema with_generated = orders();
  with_generated.generated_columns = {"doubled", "total"};
  for (const Schema& schema : {orders(), Schema{}, with_generated}) {
    auto decoded = decode_schema(encode_schema(schema));
    REQUIRE(decoded.ok());
    CHECK(*decoded == schema);
  }
}

TEST_CASE("SchemaCutShortAnywhereIsAnError") {
  Schema schema = orders();
  schema.generated_columns = {"doubled"};
  std::string bytes = encode_schema(GENERATE_COPY(orders(), schema));
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(decode_schema(std::string_view(bytes).substr(0, size)).ok());
  }
  CHECK_FALSE(decode_schema(bytes + "x").ok());
}

TEST_CASE("SchemaOfAnUnknownFormatOrTypeIsRefused") {
  std::string bytes = encode_schema(orders());
  bytes[0] = 9;
  auto newer = decode_schema(bytes);
  REQUIRE_FALSE(newer.ok());
  CHECK_FALSE(newer.error().is_transient());
  CHECK(newer.error().message().find("unknown format 9") != std::string::npos);

  Schema strange = orders();
  strange.columns[0].type.id = static_cast<TypeId>(200);
  CHECK_FALSE(decode_schema(encode_schema(strange)).ok());
}

TEST_CASE("SchemaWithAKeyColumnThatIsNotThereIsRefused") {
  Schema schema = orders();
  schema.key_columns = {3};
  CHECK_FALSE(decode_schema(encode_schema(schema)).ok());
}

TEST_CASE("SchemaFindsItsColumnsByName") {
  CHECK(orders().index_of("note") == 2);
  CHECK(orders().index_of("Note") == -1);
  CHECK(orders().row_type().size() == 3);
}
