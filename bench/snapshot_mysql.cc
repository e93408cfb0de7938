// snapshot-mysql: rows per second that a copy of a MariaDB table into durable topics makes, against
// the plain client reading the same table with one SELECT and throwing the rows away
// (`mariadb --quick … > /dev/null`). Last line: `snapshot-mysql ratio=X`.
//
// The client is run before and after Leat, and the better one counts; Leat's copy has the two
// connections that are the default, and counts from its first connection to the last row being
// durable.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>

#include "bench/discarded_run.h"
#include "bench/harness.h"
#include "cdc/mysql/snapshot.h"
#include "log/base/clock.h"
#include "log/local_log.h"
#include "log/store/store.h"
#include "tests/support/mysql_server.h"
#include "tests/support/process.h"

using namespace leat;
using namespace leat::bench;
using namespace leat::test;

namespace {

std::unique_ptr<MysqlServer> server_with_rows(uint64_t rows) {
  auto server = take(MysqlServer::start(
      {.kind = MysqlKind::mariadb, .options = {"--innodb-buffer-pool-size=1G"}}));
  auto admin = take(MysqlClient::connect(server->port()));
  require(admin->execute(fmt::format(
      "CREATE DATABASE shop; USE shop; CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int "
      "NOT "
      "NULL, product_id int NOT NULL, quantity int NOT NULL, placed timestamp(6) NOT NULL DEFAULT "
      "now(6), note text); INSERT INTO orders SELECT seq, seq % 10000, seq % 1000, seq % 7, "
      "now(6), md5(seq) FROM seq_1_to_{}; ANALYZE TABLE orders",
      rows)));
  return server;
}

double client_seconds(const MysqlServer& server) {
  return seconds_of_discarded_run({"mariadb", "--no-defaults", "--host=127.0.0.1",
                                   fmt::format("--port={}", server.port()), "--user=root",
                                   "--quick", "--batch", "--execute=SELECT * FROM shop.orders"});
}

// The log and the row store that a copy goes to.
struct Target {
  TempDir dir;
  std::unique_ptr<log::LocalLog> log;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<cdc::RowStore> rows;

  Target() {
    log = take(log::LocalLog::open({Fs::posix(), Clock::system(), dir / "log"}));
    store::StoreOptions options;
    options.path = dir / "state";
    options.tables = {"rows.shop"};
    store = take(store::Store::open(options));
    cdc::RowStoreOptions row_options;
    row_options.store = store.get();
    row_options.reader_name = "rows.shop";
    row_options.overlay_dir = dir / "overlay";
    rows = take(cdc::RowStore::open(row_options));
  }
};

double copy_seconds(const MysqlServer& server, uint64_t rows) {
  Target target;
  cdc::StopSignal stop;
  cdc::StatusBoard board("shop");
  cdc::mysql::MysqlConfig config;
  config.name = "shop";
  config.connect.host = "127.0.0.1";
  config.connect.port = static_cast<uint16_t>(server.port());
  config.connect.user = "root";
  config.connect.tls = cdc::mysql::TlsMode::off;
  config.tables = {"shop.*"};
  config.spill_dir = target.dir / "spill";
  auto start = now();
  auto client = take(cdc::mysql::Client::open(config.connect, &stop));
  auto facts = take(cdc::mysql::read_server_facts(*client));
  auto plan = cdc::mysql::plan_captures(take(cdc::mysql::read_tables(*client, config.tables)),
                                        facts, config);
  take(cdc::mysql::copy_tables(
      {&config, &stop, target.log.get(), target.rows.get(), &board, &facts, &plan}));
  double seconds = seconds_since(start);
  uint64_t copied = board.read().snapshot.at(0).rows_done;
  if (copied != rows) fail(fmt::format("{} rows were copied of {}", copied, rows));
  require(target.log->close());
  return seconds;
}

void print(const char* what, uint64_t rows, double seconds) {
  fmt::print("{:<24} {:>12.0f} rows/s\n", what, static_cast<double>(rows) / seconds);
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::warn);
  uint64_t rows = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2'000'000;
  std::string missing = MysqlServer::why_missing(MysqlKind::mariadb);
  if (!missing.empty()) fail(missing);
  auto server = server_with_rows(rows);
  client_seconds(*server);  // brings the table into the server's memory
  double client = client_seconds(*server);
  print("mariadb, SELECT *", rows, client);
  double leat = copy_seconds(*server, rows);
  print("leat", rows, leat);
  double again = client_seconds(*server);
  print("mariadb, SELECT *", rows, again);
  fmt::print("snapshot-mysql ratio={:.2f}\n", std::min(client, again) / leat);
}
