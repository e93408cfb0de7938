// `leat check` against a real server: each finding, with its statement run and the finding gone.
#include "cdc/postgres/check.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

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
    CHECK(finding.kind != FindingKind::stop);
  }
}

TEST_CASE("CheckMendsTablesThatCannotBeCaptured") {
  SourceFixture f(
      "CREATE TABLE no_key (id int, a text); CREATE TABLE nothing (id int PRIMARY KEY);"
      "ALTER TABLE nothing REPLICA IDENTITY NOTHING;"
      "CREATE TABLE late_key (id int PRIMARY KEY DEFERRABLE);"
      "CREATE TABLE usual (id int PRIMARY KEY);");
  check_mends(f, "public.no_key has no primary key", FindingKind::stop);
  check_mends(f, "public.nothing has replica identity NOTHING", FindingKind::stop);
  check_mends(f, "public.late_key has a deferrable primary key", FindingKind::stop);
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
  check_mends(f, "public.t may not be read by role checker", FindingKind::stop);
  check_mends(f, "public.t hides rows from role checker", FindingKind::stop);
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
  check_mends(f, "lacks public.u", FindingKind::note);
  check_mends(f, "public.t has a column list", FindingKind::stop);
  check_mends(f, "public.Odd one has a row filter", FindingKind::stop);
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

TEST_CASE("CheckSaysWhatAPublicationDoesToATableWithoutAReplicaIdentity") {
  SourceFixture f("CREATE TABLE no_key (id int)");
  auto fails = [&] { return find(f.config, FindingKind::note, "UPDATE and DELETE of it fail"); };
  CHECK_FALSE(fails().has_value());
  f.execute("CREATE PUBLICATION leat_" + f.config.name + " FOR ALL TABLES");
  REQUIRE(fails().has_value());
  CHECK(fails()->text.find("public.no_key") == 0);
}

TEST_CASE("CheckNotesGeneratedColumnsAndTablesWhoseRowsAreThoseOfOthers") {
  SourceFixture f(
      "CREATE TABLE gen (id int PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a * 2) STORED);"
      "CREATE TABLE parted (id int PRIMARY KEY) PARTITION BY RANGE (id);"
      "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10);"
      "CREATE TABLE inh (id int PRIMARY KEY); CREATE TABLE inh2 (PRIMARY KEY (id)) INHERITS "
      "(inh);");
  CHECK(find(f.config, FindingKind::note,
             "public.gen has generated columns, which PostgreSQL does not send: b"));
  CHECK(find(f.config, FindingKind::note,
             "public.parted is partitioned: its partitions (public.parted_1) are read"));
  CHECK(find(f.config, FindingKind::note,
             "public.inh has children (public.inh2): its topic holds its own rows only"));
  f.config.tables = {"public.inh2"};
  CHECK_FALSE(find(f.config, FindingKind::note, "has children"));
}

// What `leat run` does at its first start: it refuses the source exactly where check says "fix",
// and captures the tables of which check does not say "stop".
void check_agrees_with_run(SourceFixture& f) {
  bool to_fix = false;
  std::set<std::string> stopped;
  for (const Finding& finding : findings(f.config)) {
    to_fix |= finding.kind == FindingKind::fix;
    if (finding.kind == FindingKind::stop) {
      stopped.insert(finding.text.substr(0, finding.text.find(' ')));
    }
  }
  f.start();
  SourceStatus status = f.status_when(to_fix ? SourceState::stopped : SourceState::streaming);
  std::set<std::string> really_stopped;
  for (const StoppedTable& table : status.stopped_tables) really_stopped.insert(table.table);
  CHECK(really_stopped == stopped);
  f.stop();
}

TEST_CASE("CheckAgreesWithRun") {
  // SETUP is run with PUBLICATION, ROLE standing for the fixture's own.
  auto [role_owns, publication] = GENERATE(table<bool, std::string>({
      {false, ""},
      {false, "CREATE PUBLICATION PUBLICATION FOR ALL TABLES"},
      {false, "CREATE PUBLICATION PUBLICATION FOR TABLES IN SCHEMA public"},
      {false, "CREATE PUBLICATION PUBLICATION FOR TABLE good, no_key, marker"},
      {false, "CREATE PUBLICATION PUBLICATION FOR TABLE good"},
      {false, "CREATE PUBLICATION PUBLICATION"},
      {false, "CREATE PUBLICATION PUBLICATION FOR TABLE good WHERE (id > 1), marker"},
      {false, "CREATE PUBLICATION PUBLICATION FOR ALL TABLES WITH (publish = 'insert')"},
      {true, ""},
      {true, "CREATE PUBLICATION PUBLICATION FOR ALL TABLES"},
      {true, "CREATE PUBLICATION PUBLICATION FOR TABLE good"},
      {true, "CREATE PUBLICATION PUBLICATION FOR TABLE no_key"},
      {true, "SELECT pg_create_logical_replication_slot('PUBLICATION', 'test_decoding')"},
  }));
  SourceFixture f(
      "CREATE TABLE good (id int PRIMARY KEY); CREATE TABLE no_key (id int);"
      "CREATE TABLE odd (id int PRIMARY KEY, place point); INSERT INTO good VALUES (1);"
      "CREATE TABLE secret (id int PRIMARY KEY);");
  std::string role = "reader_" + f.database();
  f.execute("CREATE ROLE " + role + " LOGIN REPLICATION; GRANT SELECT ON ALL TABLES IN SCHEMA " +
            "public TO " + role + "; REVOKE SELECT ON secret FROM " + role);
  INFO(publication << (role_owns ? " as the owner" : " as a reader"));
  std::string statement = publication;
  const std::string name = "PUBLICATION PUBLICATION";
  if (auto at = statement.find(name); at != std::string::npos) {
    statement.replace(at, name.size(), "PUBLICATION leat_" + f.config.name);
  } else if (at = statement.find("PUBLICATION"); at != std::string::npos) {
    statement.replace(at, 11, "leat_" + f.config.name);
  }
  if (!statement.empty()) f.execute(statement);
  if (!role_owns) f.config.uri = shared_server().uri(f.database(), role);
  check_agrees_with_run(f);
}

}  // namespace
}  // namespace leat::cdc::test
