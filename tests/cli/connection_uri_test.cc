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

TEST_CASE("APasswordThatWouldBeTakenForAHostIsRefusedWithoutIt") {
  for (const char* bad : {"postgresql://leat:hu/sh@h/shop", "postgresql://leat:hu@sh@h/shop",
                          "postgresql://leat:hu/sh@127.0.0.1:1/shop?sslmode=disable"}) {
    INFO(bad);
    Status checked = check_postgres_uri(bad);
    REQUIRE_FALSE(checked.ok());
    CHECK(checked.error().message().find("%2F") != std::string::npos);
    CHECK(checked.error().message().find("hu") == std::string::npos);
  }
  CHECK(check_postgres_uri("postgresql://leat:hu%2Fsh%40@h/shop").ok());
}

TEST_CASE("MysqlUrisAreTakenApart") {
  auto uri = parse_mysql_uri("mysql://le%40t:p%2Fw%25:x@db.example:3307/shop");
  REQUIRE(uri.ok());
  CHECK(uri->user == "le@t");
  CHECK(uri->password == "p/w%:x");
  CHECK(uri->host == "db.example");
  CHECK(uri->port == 3307);
  CHECK(uri->database == "shop");
  uri = parse_mysql_uri("mariadb://leat@[::1]");
  REQUIRE(uri.ok());
  CHECK(uri->host == "::1");
  CHECK(uri->port == 3306);
  CHECK_FALSE(uri->password.has_value());
  CHECK(uri->database.empty());
  CHECK(parse_mysql_uri("mysql://leat:@h/")->password == "");
}

TEST_CASE("WhatIsNoMysqlUriIsRefusedWithoutItsPassword") {
  for (const char* bad :
       {"postgresql://u:hush@h/d", "mysql://h/d", "mysql://:hush@h/d", "mysql://u:hush@/d",
        "mysql://u:hush@h:/d", "mysql://u:hush@h:0/d", "mysql://u:hush@h:99999/d",
        "mysql://u:hush%4@h/d", "mysql://u:hush%zz@h/d", "mysql://u:hush@h/d?x=1", "mysql://"}) {
    INFO(bad);
    auto uri = parse_mysql_uri(bad);
    REQUIRE_FALSE(uri.ok());
    CHECK(uri.error().message().find("hush") == std::string::npos);
  }
}

}  // namespace
}  // namespace leat::cli
