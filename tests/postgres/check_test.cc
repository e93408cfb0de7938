// `leat check` against a real server: each finding, with its statement run and the finding gone.
#include "cdc/postgres/check.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/postgres/support/source_fixture.h"

namespace leat::cdc::test {
namespace {

using leat::test::PostgresClient;
using leat::test::PostgresServer;

std::vector<Finding> findings(const PostgresConfig& config) {
  auto report = check_postgres(config);
  if (!report.ok()) FAIL(report.error().message());
  return report->findings;
}

std::optional<Finding> find(const PostgresConfig& config, FindingKind kind,
                            const std::string& text) {
  for (const Finding& finding : findings(config)) {
    if (finding.kind == kind && finding.text.find(text) != std::string::npos) return finding;
  }
  return std::nullopt;
}

// There is a finding with TEXT, and once its statement has run there is none.
void check_mends(SourceFixture& f, const std::string& text, FindingKind kind = FindingKind::fix) {
  INFO(text);
  auto found = find(f.config, kind, text);
  REQUIRE(found.has_value());
  REQUIRE_FALSE(found->statement.empty());
  f.execute(found->statement);
  CHECK_FALSE(find(f.config, kind, text).has_value());
}

void check_nothing_to_mend(SourceFixture& f) {
  for (const Finding& finding : findings(f.config)) {
    INFO(finding.text);
    CHECK(finding.kind != FindingKind::fix);
  }
}

TEST_CASE("CheckMendsTablesThatCannotBeCaptured") {
  SourceFixture f(
      "CREATE TABLE no_key (id int, a text); CREATE TABLE nothing (id int PRIMARY KEY);"
      "ALTER TABLE nothing REPLICA IDENTITY NOTHING;"
      "CREATE TABLE late_key (id int PRIMARY KEY DEFERRABLE);"
      "CREATE TABLE usual (id int PRIMARY KEY);");
  check_mends(f, "public.no_key has no primary key");
  check_mends(f, "public.nothing has replica identity NOTHING");
  check_mends(f, "public.late_key has a deferrable primary key");
  check_mends(f, "public.usual has the default replica identity", FindingKind::note);
  check_nothing_to_mend(f);
}

TEST_CASE("CheckMendsWhatTheRoleMayNot") {
  SourceFixture f(
      "DROP TABLE marker; CREATE TABLE t (id int PRIMARY KEY, a text); ALTER TABLE t ENABLE ROW "
      "LEVEL "
      "SECURITY; DROP ROLE IF EXISTS checker; CREATE ROLE checker LOGIN;");
  f.config.uri = shared_server().uri(f.database(), "checker");
  check_mends(f, "role checker may not replicate");
  check_mends(f, "public.t may not be read by role checker");
  check_mends(f, "public.t hides rows from role checker");
  auto publication = find(f.config, FindingKind::fix, "role checker may not make it");
  REQUIRE(publication.has_value());
  f.execute(publication->statement);
  check_nothing_to_mend(f);
  f.config.uri = shared_server().uri(f.database());
  f.execute("DROP OWNED BY checker; DROP ROLE checker");
}

TEST_CASE("CheckMendsThePublication") {
  SourceFixture f(
      "DROP TABLE marker; CREATE TABLE t (id int PRIMARY KEY, a text); CREATE TABLE u (id int "
      "PRIMARY "
      "KEY); CREATE TABLE \"Odd one\" (id int PRIMARY KEY);");
  CHECK(find(f.config, FindingKind::note, "there is no publication yet").has_value());
  f.execute("CREATE PUBLICATION leat_" + f.config.name +
            " FOR TABLE t (id), \"Odd one\" WHERE (id > 5) WITH (publish = 'insert',"
            " publish_via_partition_root)");
  check_mends(f, "public.u is not in the publication");
  check_mends(f, "public.t has a column list");
  check_mends(f, "public.Odd one has a row filter");
  check_mends(f, "leaves kinds of changes out");
  check_mends(f, "as those of the table above");
  check_nothing_to_mend(f);
}

TEST_CASE("CheckMendsASlotThatIsSomebodyElses") {
  SourceFixture f("CREATE TABLE t (id int PRIMARY KEY)");
  f.execute("SELECT pg_create_logical_replication_slot('leat_" + f.config.name +
            "', 'test_decoding')");
  check_mends(f, "is somebody else's (plugin test_decoding");
}

TEST_CASE("CheckMendsTheServersSettings") {
  auto server = PostgresServer::start(
      {.settings = {"wal_level = replica", "max_replication_slots = 0", "max_wal_senders = 0"},
       .authentication = "trust"});
  if (!server.ok()) FAIL(server.error().message());
  PostgresConfig config;
  config.name = "shop";
  config.uri = (*server)->uri();
  config.tables = {"public.*"};
  for (const char* text :
       {"wal_level is replica", "all 0 replication slots", "all 0 WAL senders"}) {
    INFO(text);
    auto found = find(config, FindingKind::fix, text);
    REQUIRE(found.has_value());
    auto client = PostgresClient::connect((*server)->uri());
    REQUIRE(client.ok());
    auto done = (*client)->execute(found->statement);
    if (!done.ok()) FAIL(done.error().message());
  }
  REQUIRE((*server)->restart("fast").ok());
  CHECK(find(config, FindingKind::ok, "wal_level is logical").has_value());
  CHECK_FALSE(find(config, FindingKind::fix, "all ").has_value());
}

TEST_CASE("CheckSaysThatNoTableMatches") {
  SourceFixture f("CREATE TABLE t (id int PRIMARY KEY)");
  f.config.tables = {"sales.*"};
  CHECK(find(f.config, FindingKind::fix, "no table matches sales.*").has_value());
}

}  // namespace
}  // namespace leat::cdc::test
