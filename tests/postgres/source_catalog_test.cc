// What only the catalog says: types that somebody defined, what the publication leaves out, and
// what was done to a table while nobody looked.
#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/postgres/support/source_fixture.h"

namespace leat::cdc::test {
namespace {

void contains(const std::string& text, const std::string& wanted) {
  if (text.find(wanted) == std::string::npos) FAIL_CHECK("'" << wanted << "' is not in: " << text);
}

const char* const kSmallTable =
    "CREATE TABLE t (id int PRIMARY KEY, a text, b text); "
    "INSERT INTO t VALUES (1, 'one', 'b'), (2, 'two', NULL);";

const char* const kOwnTypes =
    "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');"
    "CREATE DOMAIN price AS numeric(10,2) CHECK (VALUE >= 0);"
    "CREATE DOMAIN list_price AS price;"
    "CREATE DOMAIN feeling AS mood;"
    "CREATE TABLE own (id int, kind mood, amount list_price, feels feeling, size price NOT NULL,"
    " PRIMARY KEY (kind, id));"
    "INSERT INTO own VALUES (1, 'sad', 1.5, 'happy', 2), (2, 'happy', NULL, NULL, 12345678.9);";

void check_own_types(SourceFixture& f) {
  f.start();
  f.catch_up();
  f.check_equal("own");
  f.execute("INSERT INTO own VALUES (3, 'ok', 7, 'sad', 1)");
  f.execute("UPDATE own SET amount = 8.25 WHERE id = 1");
  f.execute("UPDATE own SET kind = 'ok' WHERE id = 2");
  f.execute("DELETE FROM own WHERE id = 3");
  f.execute("ALTER TYPE mood ADD VALUE 'elated'");
  f.execute("INSERT INTO own VALUES (4, 'elated', 7, 'elated', 1)");
  f.catch_up();
  f.check_equal("own");
  CHECK(f.source().status().stopped_tables.empty());
  auto state = f.log().state();
  auto schema = f.log().schema(state->find(f.config.name + ".public.own")->current->schema);
  CHECK(schema->columns[1].type.id == TypeId::text);
  CHECK(schema->columns[2].type.id == TypeId::numeric);
  CHECK(schema->columns[2].type.modifier == schema->columns[4].type.modifier);
  CHECK(schema->columns[2].type.modifier != -1);
  CHECK(schema->columns[3].type.id == TypeId::text);
}

TEST_CASE("EnumsAreTheirLabelsAndDomainsTheirBaseType") {
  SourceFixture f(kOwnTypes);
  check_own_types(f);
  f.stop();
  f.execute("INSERT INTO own VALUES (5, 'sad', 1, 'sad', 1)");
  f.start();
  f.catch_up();
  f.check_equal("own");
}

TEST_CASE("EnumsAndDomainsUnderFullIdentity") {
  SourceFixture f(std::string(kOwnTypes) + "ALTER TABLE own REPLICA IDENTITY FULL;");
  check_own_types(f);
}

TEST_CASE("ADomainOverAnUnsupportedTypeIsNamed") {
  SourceFixture f(std::string(kSmallTable) +
                  "CREATE DOMAIN place AS point; CREATE TABLE p (id int PRIMARY KEY, at place);");
  f.start();
  f.catch_up();
  contains(f.wait_for_stopped("public.p"), "column at has type public.place");
}

TEST_CASE("ARewriteWhileNobodyLookedStopsTheTableAndATruncateDoesNot") {
  SourceFixture f(std::string(kSmallTable) +
                  "CREATE TABLE emptied (id int PRIMARY KEY); INSERT INTO emptied VALUES (1);");
  f.start();
  f.catch_up();
  f.stop();
  f.execute("ALTER TABLE t ALTER a TYPE text USING a || '!'");
  f.execute("TRUNCATE emptied; INSERT INTO emptied VALUES (2)");
  f.start();
  contains(f.wait_for_stopped("public.t"), "was rewritten");
  f.catch_up();
  f.source_polled();
  f.source_polled();
  CHECK(f.source().status().stopped_tables.size() == 1);
  f.check_equal("emptied");
  f.source().resnapshot();
  f.wait_until("the tables to go on", [&] {
    auto status = f.source().status();
    return status.state == SourceState::streaming && status.stopped_tables.empty();
  });
  f.catch_up();
  f.check_equal("t");
}

TEST_CASE("ARewriteAfterATruncateIsNoticedAtTheNextStartToo") {
  SourceFixture f(kSmallTable);
  f.start();
  f.catch_up();
  f.execute("TRUNCATE t; INSERT INTO t VALUES (1, 'x', 'y')");
  f.catch_up();
  f.source_polled();
  f.source_polled();
  f.stop();
  f.execute("ALTER TABLE t ALTER a TYPE text USING a || '!'");
  f.start();
  contains(f.wait_for_stopped("public.t"), "was rewritten");
}

// The statement behind the colon, up to the next sentence.
std::string statement_in(const std::string& reason) {
  size_t from = reason.find(": ALTER PUBLICATION") + 2;
  return reason.substr(from, reason.find(". To copy") - from);
}

TEST_CASE("APublicationThatLeavesRowsOutStopsTheTableUntilItIsMended") {
  SourceFixture f(std::string(kSmallTable) + "CREATE TABLE whole (id int PRIMARY KEY);");
  f.start();
  f.catch_up();
  f.stop();
  f.execute("ALTER PUBLICATION leat_" + f.config.name +
            " SET TABLE t WHERE (id > 1), whole, marker");
  f.execute("UPDATE t SET a = 'not sent' WHERE id = 1; INSERT INTO whole VALUES (1)");
  f.start();
  std::string reason = f.wait_for_stopped("public.t");
  contains(reason, "has a row filter in the publication");
  f.catch_up();
  f.check_equal("whole");
  f.execute(statement_in(reason));
  f.source().resnapshot();
  f.wait_until("the table to go on", [&] {
    auto status = f.source().status();
    return status.state == SourceState::streaming && status.stopped_tables.empty();
  });
  f.execute("UPDATE t SET a = 'sent' WHERE id = 1");
  f.catch_up();
  f.check_equal("t");
}

TEST_CASE("ThePublicationThatLeavesKindsOfChangesOutStopsTheSourceUntilItIsMended") {
  SourceFixture f(kSmallTable);
  f.execute("CREATE PUBLICATION leat_" + f.config.name +
            " FOR ALL TABLES WITH (publish = 'insert')");
  f.start();
  std::string reason = f.status_when(SourceState::stopped).last_error;
  contains(reason, "leaves kinds of changes out");
  f.stop();
  f.execute(statement_in(reason));
  f.start();
  f.catch_up();
  f.check_equal("t");
}

TEST_CASE("ATableWhosePublicationLeavesColumnsOutIsNotCopiedAndTheOthersAre") {
  SourceFixture f(std::string(kSmallTable) + "CREATE TABLE whole (id int PRIMARY KEY);");
  f.execute("CREATE PUBLICATION leat_" + f.config.name + " FOR TABLE t (id, a), whole, marker");
  f.start();
  std::string reason = f.wait_for_stopped("public.t");
  contains(reason, "has a column list in the publication");
  f.execute("INSERT INTO whole VALUES (1)");
  f.catch_up();
  f.check_equal("whole");
  f.execute(statement_in(reason));
  f.source().resnapshot();
  f.wait_until("the table to be captured", [&] {
    auto status = f.source().status();
    return status.state == SourceState::streaming && status.stopped_tables.empty();
  });
  f.execute("UPDATE t SET b = 'sent'");
  f.catch_up();
  f.check_equal("t");
}

// What the program logs while it lives.
class CapturedLog {
 public:
  CapturedLog() { spdlog::default_logger()->sinks().push_back(lines_); }
  ~CapturedLog() { spdlog::default_logger()->sinks().pop_back(); }
  CapturedLog(const CapturedLog&) = delete;

  long count(const std::string& text) {
    auto lines = lines_->last_formatted();
    return std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
      return line.find(text) != std::string::npos;
    });
  }

 private:
  std::shared_ptr<spdlog::sinks::ringbuffer_sink_mt> lines_ =
      std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(1000);
};

TEST_CASE("GeneratedColumnsAreNamedInTheLogAndTheOthersCaptured") {
  CapturedLog log;
  SourceFixture f(
      "CREATE TABLE gen (id int PRIMARY KEY, b int GENERATED ALWAYS AS (id * 2) STORED, a int);"
      "INSERT INTO gen (id, a) VALUES (1, 10)");
  f.start();
  f.wait_for_state(SourceState::streaming);
  CHECK(log.count("public.gen has generated columns, which PostgreSQL does not send: b") == 1);
  f.execute("UPDATE gen SET a = 11; INSERT INTO gen (id, a) VALUES (2, 20)");
  f.catch_up();
  auto state = f.log().state();
  auto schema = f.log().schema(state->find(f.config.name + ".public.gen")->current->schema);
  CHECK(schema->columns.size() == 2);
  CHECK(schema->generated_columns == std::vector<std::string>{"b"});
  CHECK(f.changes("gen").size() == 3);
  CHECK(f.source().status().stopped_tables.empty());
}

TEST_CASE("ATableThatAppearsIsLoggedOnceAndWhatStandsStillAgainAtARestart") {
  CapturedLog log;
  SourceFixture f(kSmallTable);
  f.start();
  f.wait_for_state(SourceState::streaming);
  f.execute("CREATE TABLE later (id int PRIMARY KEY); ALTER TABLE t ADD c int");
  f.wait_for_stopped("public.later");
  f.wait_for_stopped("public.t");
  f.source_polled();
  CHECK(log.count("public.later is new since the snapshot") == 1);
  f.stop();
  f.start();
  f.wait_for_state(SourceState::streaming);
  f.stop();
  CHECK(log.count("public.later is new since the snapshot") == 2);
  CHECK(log.count("public.t is stopped: column c is new") == 1);
}

// Somebody else's publication that covers more than what is captured.
void check_captured_behind(SourceFixture& f, const std::string& publication) {
  std::string role = "reader_" + f.database();
  f.execute("CREATE ROLE " + role + " LOGIN REPLICATION; GRANT SELECT ON ALL TABLES IN SCHEMA " +
            "public TO " + role + "; CREATE PUBLICATION leat_" + f.config.name + " " + publication);
  f.config.uri = shared_server().uri(f.database(), role);
  f.config.tables = {"public.t", "public.marker", "public.no_key"};
  f.start();
  contains(f.wait_for_stopped("public.no_key"), "has no primary key");
  f.execute(
      "BEGIN; INSERT INTO no_key VALUES (2); INSERT INTO other VALUES (2, '(1,2)');"
      "INSERT INTO t VALUES (5, 'a', 'b'); TRUNCATE other; COMMIT");
  f.execute("INSERT INTO other SELECT g, '(1,2)' FROM generate_series(10, 5000) g");
  f.execute("CREATE TABLE since (id int PRIMARY KEY); INSERT INTO since VALUES (1)");
  f.execute("UPDATE t SET a = 'changed'");
  f.catch_up();
  f.check_equal("t");
  CHECK(f.source().status().stopped_tables.size() == 1);
  f.stop();
  f.execute("INSERT INTO other VALUES (1, '(3,4)'); INSERT INTO t VALUES (6, 'a', 'b')");
  f.start();
  f.catch_up();
  f.check_equal("t");
}

const char* const kTableAndOthers =
    "CREATE TABLE t (id int PRIMARY KEY, a text, b text); INSERT INTO t VALUES (1, 'one', 'b');"
    "CREATE TABLE no_key (id int); INSERT INTO no_key VALUES (1);"
    "CREATE TABLE other (id int PRIMARY KEY, place point);";

TEST_CASE("ChangesOfTablesThatAreNotCapturedAreIgnored") {
  SourceFixture f(kTableAndOthers);
  check_captured_behind(f, GENERATE("FOR ALL TABLES", "FOR TABLES IN SCHEMA public",
                                    "FOR TABLE t, marker, no_key, other"));
}

TEST_CASE("OurOwnPublicationGetsTheTablesThatItLacksAndKeepsTheOthers") {
  SourceFixture f(kTableAndOthers);
  f.config.tables = {"public.t", "public.marker"};
  f.execute("CREATE PUBLICATION leat_" + f.config.name + " FOR TABLE other, marker");
  f.start();
  f.catch_up();
  f.execute("UPDATE t SET a = 'changed'; INSERT INTO other VALUES (1, '(3,4)')");
  f.catch_up();
  f.check_equal("t");
  auto tables = f.sql().value(
      "SELECT string_agg(tablename, ',' ORDER BY tablename) FROM pg_publication_tables WHERE "
      "pubname = 'leat_" +
      f.config.name + "'");
  REQUIRE(tables.ok());
  CHECK(*tables == "marker,other,t");
}

TEST_CASE("ATableThatSomebodyElsesPublicationLacksStopsWithTheStatementForItsOwner") {
  SourceFixture f(kTableAndOthers);
  f.config.tables = {"public.t", "public.marker"};
  std::string role = "reader_" + f.database();
  f.execute("CREATE ROLE " + role + " LOGIN REPLICATION; GRANT SELECT ON ALL TABLES IN SCHEMA " +
            "public TO " + role + "; CREATE PUBLICATION leat_" + f.config.name +
            " FOR TABLE marker");
  f.config.uri = shared_server().uri(f.database(), role);
  f.start();
  std::string reason = f.wait_for_stopped("public.t");
  contains(reason, "is not in the publication");
  f.catch_up();
  f.execute(statement_in(reason));
  f.source().resnapshot();
  f.wait_until("the table to be captured", [&] {
    auto status = f.source().status();
    return status.state == SourceState::streaming && status.stopped_tables.empty();
  });
  f.execute("UPDATE t SET a = 'changed'");
  f.catch_up();
  f.check_equal("t");
}

}  // namespace
}  // namespace leat::cdc::test
