// Row images that are not whole: completed from the rows that are kept, or from the row before.

#include <catch2/catch.hpp>

#include "tests/mysql/support/binlog_fixture.h"
#include "tests/mysql/support/source_fixture.h"

namespace leat::test {
namespace {

using cdc::SourceState;

constexpr const char* kShop =
    "CREATE TABLE items (id int PRIMARY KEY, name varchar(40), n int, body longtext);"
    "INSERT INTO items VALUES (1, 'one', 1, repeat('x', 5000)), (2, 'two', 2, NULL)";

// A global setting, until its end.
class Setting {
 public:
  Setting(MysqlServer& server, const std::string& name, const std::string& value) : name_(name) {
    auto client = MysqlClient::connect(server.port());
    REQUIRE(client.ok());
    client_ = std::move(*client);
    before_ = client_->value("SELECT @@global." + name).value();
    REQUIRE(client_->execute("SET GLOBAL " + name + " = '" + value + "'").ok());
  }
  ~Setting() { (void)client_->execute("SET GLOBAL " + name_ + " = '" + before_ + "'"); }

 private:
  std::string name_;
  std::string before_;
  std::unique_ptr<MysqlClient> client_;
};

void change_rows(SourceFixture& fixture) {
  fixture.execute(
      "INSERT INTO items (id, name) VALUES (3, 'three'); UPDATE items SET n = 7 WHERE id = 1; "
      "UPDATE items SET name = NULL WHERE id = 2; UPDATE items SET id = 10 WHERE id = 2; "
      "BEGIN; UPDATE items SET n = n + 1; UPDATE items SET body = 'new' WHERE id = 3; "
      "DELETE FROM items WHERE id = 1; COMMIT");
}

void check_images(MysqlKind kind, const std::string& image) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  Setting setting(*server, "binlog_row_image", image);
  SourceFixture fixture(server, kShop);
  fixture.start();
  fixture.wait_for_state(SourceState::streaming);
  change_rows(fixture);
  fixture.catch_up();
  fixture.check_equal("items");
  fixture.stop();
  fixture.execute("UPDATE items SET n = n * 2");
  fixture.start();
  fixture.catch_up();
  fixture.check_equal("items");
}

TEST_CASE("MinimalImagesAreCompletedAlsoOverARestart") {
  check_images(MysqlKind::mariadb, "MINIMAL");
  check_images(MysqlKind::mysql, "MINIMAL");
}

TEST_CASE("ImagesWithoutBlobsAreCompletedAlsoOverARestart") {
  check_images(MysqlKind::mariadb, "NOBLOB");
  check_images(MysqlKind::mysql, "NOBLOB");
}

TEST_CASE("AWholeImageAmongMinimalOnesIsTakenAsItIs") {
  MysqlServer* server = shared_server(MysqlKind::mariadb);
  if (server == nullptr) return;
  Setting setting(*server, "binlog_row_image", "MINIMAL");
  SourceFixture fixture(server, kShop);
  fixture.start();
  fixture.execute("SET SESSION binlog_row_image = FULL");
  change_rows(fixture);
  fixture.execute("SET SESSION binlog_row_image = MINIMAL; UPDATE items SET n = 5");
  fixture.catch_up();
  fixture.check_equal("items");
}

// (MariaDB logs them in columns that the tables' definitions do not show.)
void check_long_unique_keys(const std::string& image) {
  MysqlServer* server = shared_server(MysqlKind::mariadb);
  if (server == nullptr) return;
  Setting setting(*server, "binlog_row_image", image);
  SourceFixture fixture(
      server,
      "CREATE TABLE notes (id int PRIMARY KEY, text text, UNIQUE (text), other text, n int, "
      "UNIQUE (other, n)); CREATE TABLE words (word text NOT NULL, UNIQUE (word), "
      "DB_ROW_HASH_1 int); INSERT INTO notes VALUES (1, 'a', 'b', 1), (2, NULL, NULL, 2); "
      "INSERT INTO words VALUES ('copied', 1)");
  fixture.start();
  fixture.wait_for_state(SourceState::streaming);
  fixture.execute(
      "INSERT INTO notes VALUES (3, 'c', 'd', 3); UPDATE notes SET text = 'a2' WHERE id = 1; "
      "DELETE FROM notes WHERE id = 2; INSERT INTO words VALUES ('streamed', 2), ('gone', 3); "
      "UPDATE words SET word = 'changed' WHERE word = 'copied'; DELETE FROM words WHERE word = "
      "'gone'");
  fixture.catch_up();
  fixture.check_equal("notes");
  fixture.check_equal("words");
  CHECK(fixture.source().status().stopped_tables.empty());
}

TEST_CASE("TheHiddenHashesOfLongUniqueKeysAreLeftOutOfWholeImages") {
  check_long_unique_keys("FULL");
}
TEST_CASE("TheHiddenHashesOfLongUniqueKeysAreLeftOutOfMinimalImages") {
  check_long_unique_keys("MINIMAL");
}

TEST_CASE("AMinimalImageOfATableWhoseRowsAreNotKeptStopsItWithTheSettingToChange") {
  MysqlServer* server = shared_server(MysqlKind::mariadb);
  if (server == nullptr) return;
  SourceFixture fixture(server, kShop);
  fixture.start();
  fixture.wait_for_state(SourceState::streaming);
  fixture.execute("SET SESSION binlog_row_image = MINIMAL; UPDATE items SET n = 5 WHERE id = 1");
  CHECK(fixture.wait_for_stopped("items").find("row before the change was not sent") !=
        std::string::npos);
}

TEST_CASE("ATableOfWhoseDocumentsOnlyDifferencesAreLoggedIsRefusedAtTheStart") {
  MysqlServer* server = shared_server(MysqlKind::mysql);
  if (server == nullptr) return;
  Setting minimal(*server, "binlog_row_image", "MINIMAL");
  Setting partial(*server, "binlog_row_value_options", "PARTIAL_JSON");
  SourceFixture fixture(server,
                        std::string(kShop) + ";CREATE TABLE docs (id int PRIMARY KEY, d json)");
  fixture.start();
  CHECK(fixture.wait_for_stopped("docs").find("binlog_row_value_options") != std::string::npos);
  change_rows(fixture);
  fixture.catch_up();
  fixture.check_equal("items");
}

TEST_CASE("PartialJsonUpdatesAreAppliedToTheDocumentBefore") {
  MysqlServer* server = shared_server(MysqlKind::mysql);
  if (server == nullptr) return;
  SourceFixture fixture(server,
                        "CREATE TABLE docs (id int PRIMARY KEY, d json); INSERT INTO docs VALUES "
                        "(1, '{\"a\": [1, 2], \"long\": \"0123456789012345678901234567890123\"}')");
  fixture.start();
  fixture.wait_for_state(SourceState::streaming);
  fixture.execute(
      "SET SESSION binlog_row_value_options = 'PARTIAL_JSON'; "
      "UPDATE docs SET d = json_set(d, '$.a[1]', 9); "
      "UPDATE docs SET d = json_replace(d, '$.a[0]', 'x'), id = 2; "
      "UPDATE docs SET d = json_remove(d, '$.a[0]')");
  fixture.catch_up();
  fixture.check_equal("docs");
}

}  // namespace
}  // namespace leat::test
