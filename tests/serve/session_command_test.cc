#include "views/serve/session_command.h"

#include <catch2/catch.hpp>

namespace leat::views::serve {
namespace {

using Pieces = std::vector<std::string_view>;

template <class Command>
Command parsed(std::string_view text) {
  auto command = parse_session_command(text);
  REQUIRE(command.ok());
  REQUIRE(std::holds_alternative<Command>(*command));
  return std::get<Command>(*command);
}

TEST_CASE("StatementsAreSplitAtSemicolonsOutsideOfQuotesAndComments") {
  CHECK(split_statements("a;b ; c") == Pieces{"a", "b ", " c"});
  CHECK(split_statements("select ';', \";\" -- ;\n; x") ==
        Pieces{"select ';', \";\" -- ;\n", " x"});
  CHECK(split_statements("/* ; /* ; */ ; */ a; $x$ ; $y$ ; $x$;") ==
        Pieces{"/* ; /* ; */ ; */ a", " $x$ ; $y$ ; $x$", ""});
  CHECK(split_statements("e'\\';' ; 'it''s;'") == Pieces{"e'\\';' ", " 'it''s;'"});
  CHECK(split_statements("select $1;") == Pieces{"select $1", ""});
  CHECK(split_statements("'never closed ;") == Pieces{"'never closed ;"});
}

TEST_CASE("TransactionModesGiveTheIsolation") {
  CHECK_FALSE(parsed<BeginCommand>("BEGIN").isolation);
  CHECK(parsed<BeginCommand>("begin work isolation level repeatable read, read only").isolation ==
        Isolation::repeatable_read);
  CHECK(parsed<BeginCommand>("START TRANSACTION ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE")
            .isolation == Isolation::repeatable_read);
  CHECK(parsed<BeginCommand>("begin isolation level read committed").isolation ==
        Isolation::read_committed);
  CHECK(parsed<SetIsolationCommand>(
            "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            .session);
  CHECK_FALSE(parse_session_command("BEGIN NONSENSE").ok());
}

TEST_CASE("EndOfTransactionHasManyNames") {
  CHECK(parsed<EndCommand>("COMMIT").commit);
  CHECK(parsed<EndCommand>("end transaction").commit);
  CHECK_FALSE(parsed<EndCommand>("ROLLBACK WORK").commit);
  CHECK_FALSE(parsed<EndCommand>("abort").commit);
  CHECK(parse_session_command("ROLLBACK TO SAVEPOINT a").error().sqlstate == "0A000");
}

TEST_CASE("ParametersAreSetInAllTheirForms") {
  auto set = parsed<SetCommand>("SET application_name = 'my tool'");
  CHECK(set.name == "application_name");
  CHECK(set.value == "my tool");
  CHECK(parsed<SetCommand>("set local datestyle to iso, mdy").value == "iso, mdy");
  CHECK(parsed<SetCommand>("SET TIME ZONE 'UTC'").name == "timezone");
  CHECK_FALSE(parsed<SetCommand>("SET statement_timeout TO DEFAULT").value);
  CHECK_FALSE(parsed<SetCommand>("RESET timezone").value);
  CHECK(parse_session_command("SET x").error().sqlstate == "42601");
}

TEST_CASE("ShowKnowsViewsCutAndParameters") {
  parsed<ShowViewsCommand>("show views");
  parsed<ShowCutCommand>("SHOW CUT");
  CHECK(parsed<ShowCommand>("SHOW TRANSACTION ISOLATION LEVEL").name == "transaction_isolation");
  CHECK(parsed<ShowCommand>("show Server_Version").name == "server_version");
  CHECK_FALSE(parse_session_command("SHOW CUT 5").ok());
}

TEST_CASE("WhatWritesIsToldFromWhatReads") {
  CHECK(parsed<WriteCommand>("insert into t values (1)").verb == "INSERT");
  CHECK(parsed<WriteCommand>("/* hi */ CREATE TABLE x ()").verb == "CREATE");
  parsed<SelectCommand>("select 1");
  parsed<SelectCommand>("(select 1) union (select 2)");
  parsed<SelectCommand>("nonsense");
  parsed<EmptyCommand>(" -- nothing\n");
}

}  // namespace
}  // namespace leat::views::serve
