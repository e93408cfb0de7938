// Queries through Connector/C++, to both servers.
#include "cdc/mysql/client.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "tests/mysql/support/binlog_fixture.h"
#include "tests/mysql/support/connect.h"

namespace leat::test {
namespace {

using namespace cdc::mysql;  // NOLINT: what is tested here

std::unique_ptr<Client> connected(const ConnectOptions& options, const cdc::StopSignal& stop) {
  auto client = Client::open(options, &stop);
  if (!client.ok()) FAIL(client.error().message());
  return std::move(*client);
}

Error refusal(const ConnectOptions& options) {
  cdc::StopSignal stop;
  auto client = Client::open(options, &stop);
  REQUIRE_FALSE(client.ok());
  INFO(client.error().message());
  return client.error();
}

void make_table(MysqlServer& server) {
  auto admin = MysqlClient::connect(server.port());
  REQUIRE(
      (*admin)
          ->execute("DROP DATABASE IF EXISTS asked; CREATE DATABASE asked; CREATE TABLE asked.t "
                    "(id int PRIMARY KEY, c varchar(200) CHARACTER SET latin1)")
          .ok());
}

void fill_asked(MysqlServer& server) {
  auto admin = MysqlClient::connect(server.port());
  Status filled = (*admin)->execute(
      "INSERT INTO asked.t (id) WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n "
      "WHERE i < 1000) SELECT i FROM n");
  if (!filled.ok()) FAIL(filled.error().message());
}

void check_queries(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  make_table(*server);
  cdc::StopSignal stop;
  auto client = connected(connect_options(*server), stop);
  CHECK(client->flavour() == (kind == MysqlKind::mariadb ? Flavour::mariadb : Flavour::mysql));
  CHECK(client->version_number() > 80'000);
  CHECK(client->server().find(client->version() + " at 127.0.0.1:") != std::string::npos);
  REQUIRE(client->execute("INSERT INTO asked.t VALUES (1, 'é'), (2, NULL), (3, '')").ok());
  auto rows = client->query("SELECT id, c FROM asked.t ORDER BY id");
  REQUIRE(rows.ok());
  CHECK(*rows == std::vector<TextRow>{{"1", "\xE9"}, {"2", std::nullopt}, {"3", ""}});
  auto wrong = client->query("SELECT nothing");
  REQUIRE_FALSE(wrong.ok());
  CHECK_FALSE(wrong.error().is_transient());
  CHECK(client->query("SELECT 1").ok());
}

TEST_CASE("QueriesGiveTextAsItIsStoredOnMariaDb") {
  check_queries(MysqlKind::mariadb);
}
TEST_CASE("QueriesGiveTextAsItIsStoredOnMySql") {
  check_queries(MysqlKind::mysql);
}

void check_given_up(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  cdc::StopSignal stop;
  auto client = connected(connect_options(*server), stop);
  make_table(*server);
  fill_asked(*server);
  // More rows than could be read to the end while a test waits.
  const std::string endless = "SELECT a.id, repeat('x', 1000) FROM asked.t a, asked.t b, asked.t c";
  int seen = 0;
  Status status = client->stream(endless, [&](Client::Values) -> Status {
    return ++seen < 10 ? Status() : Error::permanent("enough");
  });
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().message() == "enough");
  CHECK(client->query("SELECT 1").ok());
  status = client->stream(endless, [&](Client::Values) -> Status {
    stop.raise();
    return {};
  });
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().is_transient());
}

TEST_CASE("AResultThatIsGivenUpIsNotReadToItsEndOnMariaDb") {
  check_given_up(MysqlKind::mariadb);
}
TEST_CASE("AResultThatIsGivenUpIsNotReadToItsEndOnMySql") {
  check_given_up(MysqlKind::mysql);
}

void check_limit_of_the_server(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  make_table(*server);
  fill_asked(*server);
  auto admin = MysqlClient::connect(server->port());
  REQUIRE((*admin)->execute("SET GLOBAL sql_select_limit = 2").ok());
  cdc::StopSignal stop;
  auto rows = connected(connect_options(*server), stop)->query("SELECT id FROM asked.t");
  REQUIRE((*admin)->execute("SET GLOBAL sql_select_limit = 18446744073709551615").ok());
  REQUIRE(rows.ok());
  CHECK(rows->size() == 1000);
}

TEST_CASE("ALimitThatTheServerGivesEverySessionCutsNothingShortOnMariaDb") {
  check_limit_of_the_server(MysqlKind::mariadb);
}
TEST_CASE("ALimitThatTheServerGivesEverySessionCutsNothingShortOnMySql") {
  check_limit_of_the_server(MysqlKind::mysql);
}

// Reads a long result while another connection runs KILL with it.
Status read_while_killed(MysqlServer& server, const std::string& kill) {
  cdc::StopSignal stop;
  auto client = connected(connect_options(server), stop);
  auto other = connected(connect_options(server), stop);
  std::string id = (*client->query("SELECT connection_id()"))[0][0].value_or("");
  int seen = 0;
  return client->stream("SELECT a.id, repeat('x', 1000) FROM asked.t a, asked.t b",
                        [&](Client::Values) -> Status {
                          return ++seen == 10 ? other->execute(kill + id) : Status();
                        });
}

void check_cut_short(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  make_table(*server);
  fill_asked(*server);
  for (const char* kill : {"KILL QUERY ", "KILL "}) {
    INFO(kill);
    Status status = read_while_killed(*server, kill);
    REQUIRE_FALSE(status.ok());
    INFO(status.error().message());
    CHECK(status.error().is_transient());
  }
}

TEST_CASE("AResultThatIsCutShortIsAnErrorOnMariaDb") {
  check_cut_short(MysqlKind::mariadb);
}
TEST_CASE("AResultThatIsCutShortIsAnErrorOnMySql") {
  check_cut_short(MysqlKind::mysql);
}

void check_login(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  auto admin = MysqlClient::connect(server->port());
  REQUIRE((*admin)
              ->execute("DROP USER IF EXISTS reader@'127.0.0.1'; CREATE USER reader@'127.0.0.1' "
                        "IDENTIFIED BY 'hush'")
              .ok());
  ConnectOptions options = connect_options(*server);
  options.user = "reader";
  options.password = "hush";
  cdc::StopSignal stop;
  connected(options, stop);
  options.password = "not this";
  Error wrong = refusal(options);
  CHECK_FALSE(wrong.is_transient());
  CHECK(wrong.message().find("not this") == std::string::npos);
  options.port = static_cast<uint16_t>(free_port());
  CHECK(refusal(options).is_transient());
}

TEST_CASE("AWrongPasswordIsAPermanentErrorAndNoServerATransientOneOnMariaDb") {
  check_login(MysqlKind::mariadb);
}
// Its users log in by caching_sha2_password.
TEST_CASE("AWrongPasswordIsAPermanentErrorAndNoServerATransientOneOnMySql") {
  check_login(MysqlKind::mysql);
}

// Its own certificate was signed by nobody whom we trust, and names another host.
TEST_CASE("AQueryConnectionRefusesACertificateThatCannotBeVerifiedOnMySql") {
  MysqlServer* server = shared_server(MysqlKind::mysql);
  if (server == nullptr) return;
  ConnectOptions options = connect_options(*server);
  options.tls = TlsMode::verified;
  CHECK_FALSE(refusal(options).is_transient());
  options.tls_ca_file = server->data_dir() + "/ca.pem";
  CHECK_FALSE(refusal(options).is_transient());
}

TEST_CASE("AServerWithoutTlsIsRefusedWhereTlsIsWantedOnMariaDb") {
  MysqlServer* server = shared_server(MysqlKind::mariadb);
  if (server == nullptr) return;
  ConnectOptions options = connect_options(*server);
  options.tls = TlsMode::verified;
  CHECK_FALSE(refusal(options).is_transient());
}

void check_altered(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  make_table(*server);
  cdc::StopSignal stop;
  auto client = connected(connect_options(*server), stop);
  REQUIRE(client->execute("INSERT INTO asked.t VALUES (1, 'a row')").ok());
  REQUIRE(client->execute("START TRANSACTION WITH CONSISTENT SNAPSHOT").ok());
  auto other = connected(connect_options(*server), stop);
  REQUIRE(other->execute("ALTER TABLE asked.t FORCE, ALGORITHM = COPY").ok());
  auto rows = client->query("SELECT * FROM asked.t");
  REQUIRE_FALSE(rows.ok());
  CHECK(rows.error().is_transient());
}

TEST_CASE("ATableRebuiltBehindASnapshotIsATransientErrorOnMariaDb") {
  check_altered(MysqlKind::mariadb);
}
TEST_CASE("ATableRebuiltBehindASnapshotIsATransientErrorOnMySql") {
  check_altered(MysqlKind::mysql);
}

struct Certificates {
  TempDir dir;
  Certificates() {
    auto made = run_to_end(
        {.argv = {"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                  "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                  "-keyout", dir / "key.pem", "-out", dir / "cert.pem"},
         .environment = {},
         .output_path = dir / "log",
         .user = {}});
    REQUIRE(made.ok());
    for (const char* name : {"", "key.pem", "cert.pem"}) {
      ::chmod((dir / name).c_str(), 0755);  // the server runs as another user
    }
  }
};

TEST_CASE("AVerifiedCertificateIsGoodForBothConnections") {
  if (!MysqlServer::why_missing(MysqlKind::mariadb).empty()) return;
  Certificates certificates;
  auto server = MysqlServer::start({.kind = MysqlKind::mariadb,
                                    .options = {"--ssl-cert=" + certificates.dir / "cert.pem",
                                                "--ssl-key=" + certificates.dir / "key.pem"}});
  if (!server.ok()) FAIL(server.error().message());
  ConnectOptions options = connect_options(**server);
  options.host = "localhost";
  options.tls = TlsMode::verified;
  CHECK_FALSE(refusal(options).is_transient());
  options.tls_ca_file = certificates.dir / "cert.pem";
  cdc::StopSignal stop;
  auto client = connected(options, stop);
  auto cipher = client->query("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
  REQUIRE(cipher.ok());
  CHECK_FALSE((*cipher)[0][1].value_or("").empty());
  auto binlog = BinlogConnection::open(options, &stop);
  if (!binlog.ok()) FAIL(binlog.error().message());
}

TEST_CASE("AnEd25519PasswordIsGoodForBothConnections") {
  MysqlServer* server = shared_server(MysqlKind::mariadb);
  if (server == nullptr) return;
  auto admin = MysqlClient::connect(server->port());
  REQUIRE(admin.ok());
  Status made = (*admin)->execute(
      "INSTALL SONAME 'auth_ed25519'; CREATE USER edward IDENTIFIED VIA ed25519 USING "
      "PASSWORD('a curve'); GRANT ALL ON *.* TO edward");
  if (!made.ok()) FAIL(made.error().message());
  ConnectOptions options = connect_options(*server);
  options.user = "edward";
  options.password = "another one";
  CHECK_FALSE(refusal(options).is_transient());
  options.password = "a curve";
  cdc::StopSignal stop;
  auto client = connected(options, stop);
  auto user = client->query("SELECT current_user()");
  REQUIRE(user.ok());
  CHECK((*user)[0][0] == "edward@%");
  auto binlog = BinlogConnection::open(options, &stop);
  if (!binlog.ok()) FAIL(binlog.error().message());
}

}  // namespace
}  // namespace leat::test
