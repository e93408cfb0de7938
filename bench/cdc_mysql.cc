// cdc-mysql: row changes per second from a MariaDB binlog into durable topics, against what
// mariadb-binlog does with the same file when it prints the rows and throws them away
// (`--read-from-remote-server -v --base64-output=decode-rows > /dev/null`). Last line: `cdc-mysql
// ratio=X`, the lowest of the cases with whole row images.
//
// The file is written before either reads. The reference is run before and after Leat, and the
// better one counts; Leat's time is from its first connection to the last change being durable.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "bench/cdc_comparison.h"
#include "bench/discarded_run.h"
#include "cdc/mysql/source.h"
#include "cdc/mysql/stream_position.h"
#include "tests/support/mysql_server.h"

using namespace leat;
using namespace leat::bench;
using namespace leat::test;
using namespace std::chrono_literals;

namespace {

constexpr auto kTable =
    "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL, product_id int NOT "
    "NULL, quantity int NOT NULL, placed timestamp(6) NOT NULL DEFAULT now(6), note text);";

std::string insert_rows(uint64_t count) {
  return fmt::format(
      "INSERT INTO orders SELECT seq, seq % 10000, seq % 1000, seq % 7, now(6), md5(seq) FROM "
      "seq_1_to_{};",
      count);
}

std::vector<Workload> workloads(uint64_t scale_percent) {
  auto scaled = [&](uint64_t rows) { return rows * scale_percent / 100; };
  uint64_t large = scaled(1'000'000);
  uint64_t small = scaled(200'000);
  uint64_t updates = scaled(500'000);
  std::string one_row_transactions = fmt::format(
      "BEGIN NOT ATOMIC FOR i IN 1..{} DO INSERT INTO orders VALUES (i, i % 10000, i % 1000, "
      "i % 7, now(6), md5(i)); END FOR; END",
      small);
  std::string update = "UPDATE orders SET quantity = quantity + 1;";
  return {
      {"insert-1-transaction", "", insert_rows(large), large, true},
      {"insert-1-row-transactions", "", one_row_transactions, small, true},
      {"update-full-images", insert_rows(updates), update, updates, true},
      {"update-minimal-images",
       "SET GLOBAL binlog_row_image = MINIMAL; SET SESSION binlog_row_image = MINIMAL;" +
           insert_rows(updates),
       update, updates, false},
  };
}

// One workload in a database and a binlog file of its own.
class Run {
 public:
  Run(MysqlServer& server, const Workload& workload, const std::string& database)
      : server_(server), workload_(workload), database_(database) {
    auto sql = take(MysqlClient::connect(server.port()));
    require(sql->execute("CREATE DATABASE " + database + "; USE " + database + ";" + kTable +
                         workload.setup));
    open_leat();
    start_leat_and_wait(take(sql->value("SELECT @@gtid_binlog_pos")));
    source_.reset();
    require(sql->execute("FLUSH BINARY LOGS"));
    file_ = take(sql->value("SHOW MASTER STATUS"));
    require(sql->execute(workload.run));
    end_ = take(sql->value("SELECT @@gtid_binlog_pos"));
    require(sql->execute("FLUSH BINARY LOGS"));  // the reference ends where the file does
  }

  // Rows per second.
  double reference() {
    double seconds = seconds_of_discarded_run(
        {"mariadb-binlog", "--no-defaults", "--host=127.0.0.1",
         fmt::format("--port={}", server_.port()), "--user=root", "--read-from-remote-server", "-v",
         "--base64-output=decode-rows", file_});
    return static_cast<double>(workload_.rows) / seconds;
  }

  double leat() {
    auto from = now();
    start_leat_and_wait(end_);
    double rate = static_cast<double>(workload_.rows) / seconds_since(from);
    target_.check_rows(fmt::format("{0}.{0}.orders", database_), workload_);
    source_.reset();
    require(target_.log().close());
    return rate;
  }

 private:
  void open_leat() {
    config_.name = database_;
    config_.connect.host = "127.0.0.1";
    config_.connect.port = static_cast<uint16_t>(server_.port());
    config_.connect.user = "root";
    config_.connect.tls = cdc::mysql::TlsMode::off;
    config_.tables = {database_ + ".*"};
    config_.server_id = 4000;
    config_.spill_dir = target_.spill_dir();
  }

  void start_leat_and_wait(const std::string& gtids) {
    auto passed = take(cdc::mysql::MariadbGtids::parse(gtids));
    source_ = cdc::mysql::make_mysql_source(config_, target_.log(), target_.rows());
    target_.run_until(*source_, database_, [&](const std::string& stored) {
      return take(cdc::mysql::decode_stream_position(stored)).taken.mariadb_gtids.contains(passed);
    });
  }

  MysqlServer& server_;
  const Workload& workload_;
  std::string database_;
  CaptureTarget target_;
  std::string file_;  // of the binlog
  std::string end_;   // the GTID where the workload ends
  cdc::mysql::MysqlConfig config_;
  std::unique_ptr<cdc::Source> source_;
};

}  // namespace

// Arguments: percent of the full size (100), and a part of the workloads' names.
int main(int argc, char** argv) {
  uint64_t percent = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100;
  std::string only = argc > 2 ? argv[2] : "";
  spdlog::set_level(spdlog::level::warn);
  std::string missing = MysqlServer::why_missing(MysqlKind::mariadb);
  if (!missing.empty()) fail(missing);
  auto server = take(
      MysqlServer::start({.kind = MysqlKind::mariadb,
                          .options = {"--innodb-buffer-pool-size=512M", "--max-binlog-size=1G"}}));
  compare("cdc-mysql", "mariadb-binlog", workloads(percent), only,
          [&](const Workload& workload, const std::string& database) {
            Run run(*server, workload, database);
            double before = run.reference();
            double leat = run.leat();
            return Rates{leat, std::max(before, run.reference())};
          });
  return 0;
}
