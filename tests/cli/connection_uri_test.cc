#include "cli/config/connection_uri.h"

#include <catch2/catch.hpp>

namespace leat::cli {
namespace {

TEST_CASE("PasswordBehindTheUserIsRedacted") {
  CHECK(redacted("postgresql://leat:hush@db:5432/shop") == "postgresql://leat:***@db:5432/shop");
  CHECK(redacted("postgresql://leat@db/shop") == "postgresql://leat@db/shop");
  CHECK(redacted("postgresql://db/shop") == "postgresql://db/shop");
}

TEST_CASE("PasswordThatHoldsMarksOfTheUriIsRedactedWhole") {
  CHECK(redacted("postgresql://leat:hu@sh@db/shop") == "postgresql://leat:***@db/shop");
  CHECK(redacted("postgresql://leat:hu/sh@db/shop") == "postgresql://leat:***@db/shop");
  CHECK(redacted("postgresql://leat:hu:sh@db/shop") == "postgresql://leat:***@db/shop");
}

TEST_CASE("PasswordParametersAreRedactedAndOthersStay") {
  CHECK(redacted("postgresql://db/shop?user=leat&password=hush&sslmode=require") ==
        "postgresql://db/shop?user=leat&password=***&sslmode=require");
  CHECK(redacted("postgresql:///shop?sslpassword=x") == "postgresql:///shop?sslpassword=***");
}

TEST_CASE("UriMustNameADatabase") {
  CHECK(check_postgres_uri("postgresql://leat@h/shop").ok());
  CHECK(check_postgres_uri("postgres:///shop?host=/tmp").ok());
  CHECK(check_postgres_uri("postgresql:///?host=/tmp&dbname=shop").ok());
  CHECK_FALSE(check_postgres_uri("postgresql://leat@h").ok());
  CHECK_FALSE(check_postgres_uri("postgresql://leat@h/").ok());
  CHECK_FALSE(check_postgres_uri("postgresql://leat@h/?sslmode=require").ok());
  CHECK_FALSE(check_postgres_uri("mysql://leat@h/shop").ok());
  CHECK_FALSE(check_postgres_uri("host=h dbname=shop").ok());
}

}  // namespace
}  // namespace leat::cli
