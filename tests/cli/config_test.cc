#include "cli/config/config.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

namespace leat::cli {
namespace {

const std::string kShop =
    "sources:\n"
    "  shop:\n"
    "    postgres: postgresql://leat@localhost/shop\n";

Config good(const std::string& text) {
  auto config = parse_config("leat.yaml", text);
  if (!config.ok()) FAIL(config.error().message());
  return *config;
}

std::string error_of(const std::string& text) {
  auto config = parse_config("leat.yaml", text);
  REQUIRE_FALSE(config.ok());
  CHECK_FALSE(config.error().is_transient());
  CHECK(config.error().message().find('\n') == std::string::npos);
  return config.error().message();
}

// A directory of its own, gone at the end.
struct TempDir {
  std::filesystem::path path;
  TempDir() {
    std::string name = std::filesystem::temp_directory_path() / "leat-config-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~TempDir() { std::filesystem::remove_all(path); }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name) << text;
  }
};

TEST_CASE("CompactionsRateLagAndRoomAreReadWithTheirBounds") {
  CompactionConfig usual = good(kShop).compaction;
  CHECK(usual.bytes_per_second == 64u << 20);
  CHECK(usual.reader_lag_bytes_max == 64ULL << 30);
  CHECK(usual.room_bytes == 256u << 20);
  Config config = good(kShop + "compaction: {rate: 8MB, reader_lag: 2GB, room: 0B}\n");
  CHECK(config.compaction.bytes_per_second == 8u << 20);
  CHECK(config.compaction.reader_lag_bytes_max == 2ULL << 30);
  CHECK(config.compaction.room_bytes == 0);
  CHECK(error_of(kShop + "compaction: {rate: 1KB}\n").find("compaction.rate") != std::string::npos);
  CHECK(error_of(kShop + "compaction: {rooms: 1GB}\n").find("did you mean") != std::string::npos);
}

TEST_CASE("OneSourceIsEnoughAndTheRestHasDefaults") {
  Config config = good(kShop);
  CHECK(config.data_dir == "leat-data");
  CHECK(config.listen_sql.host == "127.0.0.1");
  CHECK(config.listen_sql.port == 5433);
  CHECK(config.listen_http.port == 8080);
  CHECK(config.memory_limit_bytes >= (64u << 20));
  REQUIRE(config.sources.size() == 1);
  CHECK(config.sources[0].name == "shop");
  CHECK(config.sources[0].postgres == "postgresql://leat@localhost/shop");
  CHECK(config.sources[0].tables == std::vector<std::string>{"public.*"});
  CHECK(config.sources[0].snapshot_connections == 2);
  CHECK_FALSE(config.sources[0].password_file.has_value());
  CHECK(config.views.empty());
}

TEST_CASE("EveryKeyIsRead") {
  TempDir dir;
  dir.write("password", "secret\n");
  dir.write("views/b.sql", "CREATE MATERIALIZED VIEW b AS SELECT 1");
  dir.write("views/a.sql", "CREATE MATERIALIZED VIEW a AS SELECT 1");
  dir.write("leat.yaml",
            "data_dir: here\n"
            "listen: {sql: 6000, http: '[::1]:8000'}\n"
            "memory_limit: 512MB\n"
            "sources:\n"
            "  shop:\n"
            "    postgres: postgresql://leat@db:5432/shop\n"
            "    password_file: password\n"
            "    tables: [public.*, audit.log_*]\n"
            "    snapshot_connections: 4\n"
            "views: [views/*.sql, views/a.sql]\n");
  auto config = load_config(dir.path / "leat.yaml");
  if (!config.ok()) FAIL(config.error().message());
  CHECK(config->data_dir == dir.path / "here");
  CHECK(config->listen_sql.host == "127.0.0.1");
  CHECK(config->listen_sql.port == 6000);
  CHECK(config->listen_http.host == "::1");
  CHECK(config->listen_http.port == 8000);
  CHECK(config->memory_limit_bytes == 512u << 20);
  CHECK(config->sources[0].password_file == dir.path / "password");
  CHECK(config->sources[0].tables == std::vector<std::string>{"public.*", "audit.log_*"});
  CHECK(config->sources[0].snapshot_connections == 4);
  REQUIRE(config->views.size() == 2);
  CHECK(config->views[0].path == dir.path / "views/a.sql");
  CHECK(config->views[0].text == "CREATE MATERIALIZED VIEW a AS SELECT 1");
}

TEST_CASE("UnknownKeyIsRefusedWithItsLineAndTheNearestKnownOne") {
  CHECK(error_of(kShop + "    tabels: [public.*]\n") ==
        "leat.yaml:4: unknown key 'tabels' under sources.shop; did you mean 'tables'?");
  CHECK(error_of(kShop + "veiws: x\n") ==
        "leat.yaml:4: unknown key 'veiws'; did you mean 'views'?");
}

TEST_CASE("UnknownKeyThatIsNearNothingListsWhatIsKnown") {
  CHECK(error_of(kShop + "listen: {kafka: 9092}\n") ==
        "leat.yaml:4: unknown key 'kafka' under listen; known are sql, http");
}

TEST_CASE("KeyThatStandsTwiceIsRefused") {
  CHECK(error_of("data_dir: a\n" + kShop + "data_dir: b\n") ==
        "leat.yaml:5: key 'data_dir' stands twice; the first is in line 1");
}

TEST_CASE("WrongTypesAreRefusedWithWhatWasExpected") {
  CHECK(error_of("just text\n") == "leat.yaml:1: the file must be a map of keys, not 'just text'");
  CHECK(error_of("sources: [shop]\n") == "leat.yaml:1: sources must be a map of keys, not a list");
  CHECK(error_of("memory_limit: a lot\n" + kShop) ==
        "leat.yaml:1: memory_limit must be a size such as 512MB or 2GB, not 'a lot'");
  CHECK(error_of("memory_limit: 1MB\n" + kShop) ==
        "leat.yaml:1: memory_limit is 1.0 MB; the least is 64 MB");
  CHECK(error_of("data_dir: [a]\n" + kShop) == "leat.yaml:1: data_dir must be text, not a list");
  CHECK(error_of("listen: {sql: here}\n" + kShop) ==
        "leat.yaml:1: listen.sql must be a port or HOST:PORT, not 'here'");
  CHECK(error_of("listen: {sql: 70000}\n" + kShop) ==
        "leat.yaml:1: listen.sql must be a port or HOST:PORT, not '70000'");
  CHECK(error_of(kShop + "    snapshot_connections: 0\n") ==
        "leat.yaml:4: sources.shop.snapshot_connections must be a number from 1 to 16, not '0'");
  CHECK(error_of(kShop + "    tables: {a: b}\n") ==
        "leat.yaml:4: sources.shop.tables must be a list such as [public.*], not a map");
}

TEST_CASE("TablePatternWithoutSchemaIsRefused") {
  CHECK(error_of(kShop + "    tables: [orders]\n") ==
        "leat.yaml:4: sources.shop.tables holds 'orders'; write SCHEMA.TABLE, as in public.orders "
        "or public.*");
}

TEST_CASE("EmptyListOfTablesIsRefused") {
  CHECK(
      error_of(kShop + "    tables: []\n") ==
      "leat.yaml:4: sources.shop.tables is empty: nothing would be read; write [public.*] for all");
}

TEST_CASE("ConfigurationWithoutSourcesIsRefused") {
  CHECK(error_of("data_dir: x\n").starts_with("leat.yaml:1: no sources: say which database"));
  CHECK(error_of("").starts_with("leat.yaml:1: no sources"));
  CHECK(error_of("sources: {shop: }\n").starts_with("leat.yaml:1: sources.shop says no database"));
}

TEST_CASE("SourceNameThatCannotNameASlotIsRefused") {
  CHECK(error_of("sources:\n  My-Shop: {postgres: postgresql://h/d}\n")
            .starts_with("leat.yaml:2: source name 'My-Shop' must be lower-case letters"));
}

TEST_CASE("ConnectionThatIsNoUriOrNamesNoDatabaseIsRefused") {
  CHECK(error_of("sources: {shop: {postgres: localhost}}\n") ==
        "leat.yaml:1: sources.shop.postgres is not a URI such as "
        "postgresql://leat@localhost:5432/shop");
  CHECK(error_of("sources: {shop: {postgres: 'postgresql://leat:hidden@localhost'}}\n") ==
        "leat.yaml:1: sources.shop.postgres names no database: write it behind the host, as in "
        "postgresql://leat@localhost:5432/shop");
}

const std::string kMysql =
    "sources:\n"
    "  shop:\n"
    "    mysql: mysql://leat@db/shop\n";

TEST_CASE("MysqlSourceReadsItsUrisDatabaseUnderVerifiedTls") {
  SourceConfig source = good(kMysql).sources[0];
  REQUIRE(source.mysql.has_value());
  CHECK(source.postgres.empty());
  CHECK(source.tables == std::vector<std::string>{"shop.*"});
  CHECK(source.mysql->uri.host == "db");
  CHECK(source.mysql->tls);
  CHECK_FALSE(source.mysql->accept_cascades);
  CHECK_FALSE(source.mysql->server_id.has_value());
}

TEST_CASE("MysqlServerOnLoopbackNeedsNoTlsUnlessItIsWanted") {
  CHECK_FALSE(good("sources: {s: {mysql: 'mysql://u@127.0.0.1/d'}}\n").sources[0].mysql->tls);
  CHECK_FALSE(good("sources: {s: {mysql: 'mysql://u@localhost/d'}}\n").sources[0].mysql->tls);
  CHECK(good("sources: {s: {mysql: 'mysql://u@localhost/d', tls: verified}}\n")
            .sources[0]
            .mysql->tls);
  CHECK_FALSE(good(kMysql + "    tls: off\n").sources[0].mysql->tls);
}

TEST_CASE("EveryKeyOfAMysqlSourceIsRead") {
  TempDir dir;
  dir.write("ca.pem", "certificates");
  dir.write("leat.yaml", kMysql +
                             "    tables: [shop.*, audit.log_*]\n"
                             "    tls_ca_file: ca.pem\n"
                             "    cascades: accept\n"
                             "    dates_as_text: [shop.orders.placed, shop.old_*.*]\n"
                             "    server_id: 4294967295\n");
  auto config = load_config(dir.path / "leat.yaml");
  if (!config.ok()) FAIL(config.error().message());
  const SourceConfig& source = config->sources[0];
  CHECK(source.tables == std::vector<std::string>{"shop.*", "audit.log_*"});
  CHECK(source.mysql->tls_ca_file == dir.path / "ca.pem");
  CHECK(source.mysql->accept_cascades);
  CHECK(source.mysql->dates_as_text ==
        std::vector<std::string>{"shop.orders.placed", "shop.old_*.*"});
  CHECK(source.mysql->server_id == 4294967295);
}

TEST_CASE("WrongSettingsOfAMysqlSourceAreRefused") {
  CHECK(error_of(kMysql + "    postgres: postgresql://h/d\n") ==
        "leat.yaml:3: sources.shop.mysql stands beside postgres: a source is one of the two");
  CHECK(
      error_of(kShop + "    cascades: accept\n") ==
      "leat.yaml:4: sources.shop.cascades is for mysql only; with postgres it is part of the URI, "
      "or nothing");
  CHECK(error_of(kMysql + "    cascades: yes\n") ==
        "leat.yaml:4: sources.shop.cascades must be refuse or accept, not 'yes'");
  CHECK(error_of(kMysql + "    dates_as_text: [orders.placed]\n") ==
        "leat.yaml:4: sources.shop.dates_as_text holds 'orders.placed'; write "
        "DATABASE.TABLE.COLUMN, as in shop.orders.placed or shop.*.*");
  CHECK(error_of(kMysql + "    tls: off\n    tls_ca_file: /dev/null\n") ==
        "leat.yaml:5: sources.shop.tls_ca_file has no use without tls: verified");
  CHECK(error_of("sources: {s: {mysql: 'mysql://u@h'}}\n")
            .starts_with("leat.yaml:1: sources.s says no tables: give it tables: [DATABASE.*]"));
  CHECK(error_of("sources: {s: {mysql: 'mysql://u:hidden@h/d?tls=1'}}\n").find("hidden") ==
        std::string::npos);
  CHECK(error_of(kMysql + "    tables: [orders]\n") ==
        "leat.yaml:4: sources.shop.tables holds 'orders'; write SCHEMA.TABLE, as in shop.orders or "
        "shop.*");
}

TEST_CASE("FilesThatAreNotThereAreRefusedByName") {
  CHECK(
      error_of(kShop + "    password_file: /nowhere/pw\n") ==
      "leat.yaml:4: sources.shop.password_file names /nowhere/pw, which is not there or cannot be "
      "read");
  CHECK(error_of(kShop + "views: /nowhere/v.sql\n") ==
        "leat.yaml:4: views names /nowhere/v.sql: no such file");
  auto missing = load_config("/nowhere/leat.yaml");
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().message().starts_with("/nowhere/leat.yaml: No such file or directory; "));
}

TEST_CASE("PatternOfViewsThatMatchesNothingIsAnEmptyList") {
  CHECK(good(kShop + "views: /nowhere/*.sql\n").views.empty());
}

TEST_CASE("BadYamlIsRefusedWithItsLine") {
  CHECK(error_of("sources:\n  shop: {postgres: [\n").starts_with("leat.yaml:"));
  CHECK(error_of("a: &x 1\nb: *x\n") ==
        "leat.yaml:2: aliases (*name) are not supported; write the value out");
}

TEST_CASE("DeeplyNestedYamlIsRefused") {
  CHECK(error_of(std::string(200, '[')).starts_with("leat.yaml:1: "));
  CHECK(error_of("a: " + std::string(200, '[') + std::string(200, ']'))
            .starts_with("leat.yaml:1: nested too deeply"));
}

}  // namespace
}  // namespace leat::cli
