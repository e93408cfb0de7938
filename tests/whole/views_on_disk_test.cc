// A person's way with view files: written, changed, taken away, over restarts.
#include <catch2/catch.hpp>
#include <thread>

#include "tests/whole/support/leat_server.h"

using namespace leat;
using namespace leat::test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

struct Shop {
  Shop() {
    auto started = PostgresServer::start();
    if (!started.ok()) FAIL(started.error().message());
    source = std::move(*started);
    auto connected = PostgresClient::connect(source->uri());
    if (!connected.ok()) FAIL(connected.error().message());
    client = std::move(*connected);
    execute(
        "CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL);"
        "CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, amount int NOT NULL);"
        "CREATE TABLE keyless (a int);"
        "CREATE TABLE odd (id int PRIMARY KEY, area polygon);"
        "INSERT INTO customers VALUES (1, 'Ada'), (2, 'Bob');"
        "INSERT INTO orders VALUES (10, 1, 5), (11, 2, 7)");
  }

  void execute(const std::string& sql) {
    Status done = client->execute(sql);
    if (!done.ok()) FAIL(done.error().message());
  }

  std::unique_ptr<PostgresServer> source;
  std::unique_ptr<PostgresClient> client;
};

void start_live(LeatServer& leat) {
  Status status = leat.start();
  if (status.ok()) status = leat.wait_live(60s);
  if (!status.ok()) FAIL(status.error().message());
}

// What a query gives once it gives EXPECTED, or after a while.
std::string eventually(LeatServer& leat, const std::string& sql, const std::string& expected) {
  std::string last;
  for (auto deadline = std::chrono::steady_clock::now() + 20s;
       std::chrono::steady_clock::now() < deadline; std::this_thread::sleep_for(20ms)) {
    auto client = PostgresClient::connect(leat.sql_uri());
    auto value = client.ok() ? (*client)->value(sql) : client.error();
    last = value.ok() ? *value : value.error().message();
    if (last == expected) break;
  }
  return last;
}

const ViewFile kLines = {"lines",
                         "SELECT o.id, c.name, o.amount FROM orders o"
                         " JOIN customers c ON c.id = o.customer_id"};

}  // namespace

TEST_CASE("SnapshotAndThenEveryChangeShowInTheView") {
  Shop shop;
  LeatServer leat(shop.source->uri(), {kLines});
  start_live(leat);
  CHECK(eventually(leat, "SELECT sum(amount) FROM lines", "12") == "12");
  shop.execute(
      "INSERT INTO orders VALUES (12, 1, 100); UPDATE customers SET name = 'Eve' WHERE id = 1");
  CHECK(eventually(leat, "SELECT name FROM lines WHERE id = 12", "Eve") == "Eve");
  shop.execute("DELETE FROM orders WHERE id = 10; UPDATE orders SET id = 20 WHERE id = 11");
  CHECK(eventually(leat, "SELECT amount FROM lines WHERE id = 20", "7") == "7");
  CHECK(eventually(leat, "SELECT count(*) FROM lines", "2") == "2");
  shop.execute("TRUNCATE orders");
  CHECK(eventually(leat, "SELECT count(*) FROM lines", "0") == "0");
  CHECK(leat.terminate() == "");
}

TEST_CASE("TablesThatCannotBeCapturedStopVisiblyAndTheOthersGoOn") {
  Shop shop;
  LeatServer leat(shop.source->uri(), {kLines});
  start_live(leat);
  shop.execute(
      "INSERT INTO odd VALUES (1, '((0,0),(1,1),(1,0))'); INSERT INTO orders VALUES (13, 2, 1)");
  CHECK(eventually(leat, "SELECT count(*) FROM lines", "3") == "3");
  auto status = leat.run_command({"status"});
  REQUIRE(status.ok());
  CHECK_THAT(*status, Contains("public.keyless") && Contains("primary key"));
  CHECK_THAT(*status, Contains("public.odd") && Contains("area") && Contains("polygon"));
  CHECK(leat.terminate() == "");
}

TEST_CASE("ChangedViewFileIsRebuiltFromTheLogAndTheOthersStay") {
  Shop shop;
  LeatServer leat(shop.source->uri(), {kLines, {"totals", "SELECT count(*) AS n FROM orders"}});
  start_live(leat);
  CHECK(eventually(leat, "SELECT count(*) FROM lines", "2") == "2");
  CHECK(leat.terminate() == "");
  shop.execute("INSERT INTO orders VALUES (12, 1, 100)");
  leat.write_view({"lines",
                   "SELECT o.id, c.name, o.amount * 2 AS amount FROM orders o"
                   " JOIN customers c ON c.id = o.customer_id"});
  start_live(leat);
  CHECK(eventually(leat, "SELECT sum(amount) FROM lines", "224") == "224");
  CHECK(eventually(leat, "SELECT n FROM totals", "3") == "3");
  CHECK(leat.terminate() == "");
}

TEST_CASE("RemovedViewFileIsReportedAndTheViewStaysUntilItIsDropped") {
  Shop shop;
  LeatServer leat(shop.source->uri(), {kLines, {"totals", "SELECT count(*) AS n FROM orders"}});
  start_live(leat);
  CHECK(leat.terminate() == "");
  leat.remove_view("totals");
  start_live(leat);
  CHECK_THAT(leat.log_tail(), Contains("totals") && Contains("no file"));
  CHECK(eventually(leat, "SELECT n FROM totals", "2") == "2");
  CHECK_THAT(leat.run_command({"status"}).value(), Contains("leat view drop totals"));
  CHECK_FALSE(leat.run_command({"view", "drop", "lines"}).ok());  // it has its file
  CHECK(leat.run_command({"view", "drop", "totals"}).ok());
  CHECK_THAT(leat.run_command({"view", "list"}).value(), !Contains("totals"));
  CHECK_FALSE(leat.run_command({"view", "get", "totals", "2"}).ok());
  CHECK(leat.terminate() == "");
}

TEST_CASE("AddedColumnStopsItsTableAndAResnapshotLetsItsViewGoOn") {
  Shop shop;
  LeatServer leat(shop.source->uri(), {kLines});
  start_live(leat);
  CHECK(eventually(leat, "SELECT count(*) FROM lines", "2") == "2");
  shop.execute(
      "ALTER TABLE orders ADD COLUMN note text NOT NULL DEFAULT 'old';"
      "INSERT INTO orders VALUES (12, 1, 100, 'new')");
  std::string status;
  for (int i = 0; i < 500 && status.find("resnapshot") == std::string::npos; ++i) {
    status = leat.run_command({"status"}).value();
    std::this_thread::sleep_for(20ms);
  }
  CHECK_THAT(status, Contains("leat source resnapshot shop") && Contains("frozen"));
  CHECK(eventually(leat, "SELECT count(*) FROM lines", "2") == "2");
  CHECK_FALSE(leat.run_command({"source", "resnapshot", "shops"}).ok());
  CHECK(leat.run_command({"source", "resnapshot", "shop"}).ok());
  CHECK(eventually(leat, "SELECT count(*) FROM lines", "3") == "3");
  shop.execute("INSERT INTO orders VALUES (13, 2, 1, 'newer')");
  CHECK(eventually(leat, "SELECT count(*) FROM lines", "4") == "4");
  CHECK(leat.terminate() == "");
}

TEST_CASE("RowWhoseExpressionFailsIsTheViewsAnswerUntilItIsCorrected") {
  Shop shop;
  LeatServer leat(shop.source->uri(), {{"shares", "SELECT id, 100 / amount AS share FROM orders"}});
  start_live(leat);
  CHECK(eventually(leat, "SELECT share FROM shares WHERE id = 10", "20") == "20");
  shop.execute("UPDATE orders SET amount = 0 WHERE id = 10");
  std::string failing;
  for (int i = 0; i < 500 && failing.find("division by zero") == std::string::npos; ++i) {
    auto client = PostgresClient::connect(leat.sql_uri());
    REQUIRE(client.ok());
    auto answer = (*client)->value("SELECT share FROM shares WHERE id = 11");
    failing = answer.ok() ? *answer : answer.error().message();
    std::this_thread::sleep_for(20ms);
  }
  CHECK_THAT(failing, Contains("division by zero"));
  shop.execute("UPDATE orders SET amount = 4 WHERE id = 10");
  CHECK(eventually(leat, "SELECT share FROM shares WHERE id = 10", "25") == "25");
}
