#include "cdc/postgres/sqlstate.h"

#include <catch2/catch.hpp>

namespace leat::cdc {
namespace {

TEST_CASE("WhatPassesByItselfIsTransient") {
  for (const char* state : {"08006", "57P01", "57P03", "53300", "55006", "55P03", "40001"}) {
    INFO(state);
    CHECK(classify_sqlstate(state) == ErrorKind::transient);
  }
}

TEST_CASE("WhatAPersonMustMendIsPermanent") {
  for (const char* state : {"28P01", "28000", "3D000", "42501", "42P01", "22021", "55000"}) {
    INFO(state);
    CHECK(classify_sqlstate(state) == ErrorKind::permanent);
  }
}

TEST_CASE("TheSqlstateIsFoundInAVerboseMessage") {
  CHECK(find_sqlstate("connection to server at \"h\", port 1 failed: FATAL:  28P01: password "
                      "authentication failed") == "28P01");
  CHECK_FALSE(find_sqlstate("connection refused").has_value());
  CHECK_FALSE(find_sqlstate("FATAL:  too short").has_value());
}

}  // namespace
}  // namespace leat::cdc
