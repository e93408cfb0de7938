#include "cdc/postgres/connect_error.h"

#include <catch2/catch.hpp>

namespace leat::cdc {
namespace {

TEST_CASE("AFailedLogInSaysWhereToGiveThePassword") {
  Error wrong = describe_connect_failure(
      "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  28P01: password "
      "authentication failed for user \"leat\"\nLOCATION:  auth_failed, auth.c:335\n",
      false);
  CHECK(wrong.message() ==
        "password authentication failed for user \"leat\". Give it by password_file in leat.yaml, "
        "PGPASSWORD or ~/.pgpass");
  CHECK_FALSE(wrong.is_transient());
  Error none = describe_connect_failure(
      "connection to server at \"127.0.0.1\", port 5432 failed: fe_sendauth: no password supplied",
      true);
  CHECK(none.message() ==
        "the server asks for a password. Give it by password_file in leat.yaml, PGPASSWORD or "
        "~/.pgpass");
  CHECK_FALSE(none.is_transient());
}

TEST_CASE("AnUnreachableServerIsTriedAgainAndItsAddressDoubted") {
  Error refused = describe_connect_failure(
      "connection to server at \"localhost\" (::1), port 1 failed: Connection refused\n"
      "\tIs the server running on that host and accepting TCP/IP connections?\n"
      "connection to server at \"localhost\" (127.0.0.1), port 1 failed: Connection refused\n"
      "\tIs the server running on that host and accepting TCP/IP connections?\n",
      false);
  CHECK(refused.message() ==
        "Connection refused. Is the server running there, and is the address right?");
  CHECK(refused.is_transient());
  Error unknown = describe_connect_failure(
      "could not translate host name \"nowhere\" to address: Name or service not known\n", false);
  CHECK(unknown.message() ==
        "could not translate host name \"nowhere\" to address: Name or service not known. Is the "
        "server running there, and is the address right?");
}

TEST_CASE("AServerThatStartsIsWaitedFor") {
  Error starting = describe_connect_failure(
      "connection to server at \"h\", port 5432 failed: FATAL:  57P03: the database system is "
      "starting up\n",
      false);
  CHECK(starting.is_transient());
  CHECK(starting.message() == "the database system is starting up");
}

TEST_CASE("WhatLibpqSaysOfABadUriHoldsNoPassword") {
  CHECK(describe_bad_uri("invalid URI query parameter: \"sslmod\"\n") ==
        "invalid URI query parameter: \"sslmod\"");
  CHECK(describe_bad_uri("invalid percent-encoded token: \"hu%zzsh\"\n") ==
        "invalid percent-encoded token");
  CHECK(describe_bad_uri("unexpected character \"x\" in position 20 in URI (expected \":\" or "
                         "\"/\"): \"postgresql://u:hush@[::1]x/d\"\n") ==
        "unexpected character \"x\" in position 20 in URI (expected \":\" or \"/\")");
}

}  // namespace
}  // namespace leat::cdc
