// cdc-postgres: rows per second from PostgreSQL's WAL into durable topics, against what
// pg_recvlogical does with the same WAL when it throws everything away (-f /dev/null): the server's
// walsender is the ceiling of both. Last line: `cdc-postgres ratio=X`, the lowest of the insert
// cases.
//
// Both read with pgoutput, protocol version 2, binary and streaming, from slots made before the
// workload and started after it. The reference is run before and after Leat, and the better one
// counts.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/cdc_comparison.h"
#include "cdc/postgres/lsn.h"
#include "cdc/postgres/source.h"
#include "log/base/bytes.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"

using namespace leat;
using namespace leat::bench;
using namespace leat::test;
using namespace std::chrono_literals;

namespace {

constexpr auto kTable =
    "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL, product_id int NOT "
    "NULL, "
    "quantity int NOT NULL, placed timestamptz NOT NULL DEFAULT now(), note text);"
    "CREATE TABLE marker (id serial PRIMARY KEY);";

std::string insert_rows(uint64_t count) {
  return fmt::format(
      "INSERT INTO orders SELECT i, i % 10000, i % 1000, i % 7, now(), md5(i::text) FROM "
      "generate_series(1, {}) i;",
      count);
}

std::vector<Workload> workloads(uint64_t scale_percent) {
  auto scaled = [&](uint64_t rows) { return rows * scale_percent / 100; };
  uint64_t large = scaled(1'000'000);
  uint64_t small = scaled(200'000);
  uint64_t updates = scaled(500'000);
  std::string one_row_transactions = fmt::format(
      "DO $$ BEGIN FOR i IN 1..{} LOOP INSERT INTO orders VALUES (i, i % 10000, i % 1000, i % 7, "
      "now(), md5(i::text)); COMMIT; END LOOP; END $$;",
      small);
  std::string update = "UPDATE orders SET quantity = quantity + 1;";
  return {
      {"insert-1-transaction", "", insert_rows(large), large, true},
      {"insert-1-row-transactions", "", one_row_transactions, small, true},
      {"update-default-identity", insert_rows(updates), update, updates, false},
      {"update-full-identity", "ALTER TABLE orders REPLICA IDENTITY FULL;" + insert_rows(updates),
       update, updates, false},
  };
}

// One workload in a database of its own.
class Run {
 public:
  Run(PostgresServer& server, const Workload& workload, const std::string& database)
      : server_(server), workload_(workload), database_(database) {
    auto admin = take(PostgresClient::connect(server.uri()));
    require(admin->execute("CREATE DATABASE " + database));
    sql_ = take(PostgresClient::connect(server.uri(database)));
    require(sql_->execute(kTable + workload.setup));
    require(sql_->execute("CREATE PUBLICATION reference FOR TABLE orders, marker"));
    open_leat();
    start_leat_and_wait(Lsn());
    source_.reset();
    for (const char* slot : {"before", "after"}) {
      require(sql_->execute(fmt::format(
          "SELECT pg_create_logical_replication_slot('{}_{}', 'pgoutput')", database_, slot)));
    }
    require(sql_->execute(workload.run));
    // Not pg_current_wal_lsn(): with asynchronous commits the last ones are not written yet.
    end_ = take(sql_->value("SELECT pg_current_wal_insert_lsn()"));
    // What comes after the end lets the readers see that they have passed it.
    require(sql_->execute("INSERT INTO marker SELECT FROM generate_series(1, 10)"));
    require(sql_->execute("CHECKPOINT"));
  }

  // Rows per second.
  double reference(const char* slot) {
    auto from = now();
    (void)take(run_to_end({{"pg_recvlogical",
                            "-d",
                            server_.uri(database_),
                            "--slot",
                            fmt::format("{}_{}", database_, slot),
                            "--start",
                            "-f",
                            "/dev/null",
                            "-F",
                            "0",
                            "--endpos",
                            end_,
                            "-o",
                            "proto_version=2",
                            "-o",
                            "publication_names=reference",
                            "-o",
                            "binary=true",
                            "-o",
                            "streaming=true"},
                           {},
                           "",
                           ""}));
    return static_cast<double>(workload_.rows) / seconds_since(from);
  }

  double leat() {
    auto from = now();
    start_leat_and_wait(*cdc::parse_lsn(end_));
    double rate = static_cast<double>(workload_.rows) / seconds_since(from);
    target_.check_rows(database_ + ".public.orders", workload_);
    source_.reset();
    require(target_.log().close());
    return rate;
  }

 private:
  using Lsn = cdc::Lsn;

  void open_leat() {
    config_.name = database_;
    config_.uri = server_.uri(database_);
    config_.tables = {"public.*"};
    config_.spill_dir = target_.spill_dir();
  }

  void start_leat_and_wait(Lsn passed) {
    source_ = cdc::make_postgres_source(config_, target_.log(), target_.rows());
    target_.run_until(*source_, database_, [&](const std::string& position) {
      return Lsn(ByteReader(position).be<uint64_t>()) >= passed;
    });
  }

  PostgresServer& server_;
  const Workload& workload_;
  std::string database_;
  CaptureTarget target_;
  std::unique_ptr<PostgresClient> sql_;
  std::string end_;  // the LSN where the workload ends
  cdc::PostgresConfig config_;
  std::unique_ptr<cdc::Source> source_;
};

}  // namespace

// Arguments: percent of the full size (100), and a part of the workloads' names.
int main(int argc, char** argv) {
  uint64_t percent = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100;
  std::string only = argc > 2 ? argv[2] : "";
  spdlog::set_level(spdlog::level::warn);
  PostgresOptions options;
  options.settings = {"max_wal_size = 8GB", "checkpoint_timeout = 1h", "shared_buffers = 512MB",
                      "synchronous_commit = off", "max_replication_slots = 40"};
  auto server = take(PostgresServer::start(options));
  compare("cdc-postgres", "pg_recvlogical", workloads(percent), only,
          [&](const Workload& workload, const std::string& database) {
            Run run(*server, workload, database);
            double before = run.reference("before");
            double leat = run.leat();
            return Rates{leat, std::max(before, run.reference("after"))};
          });
  return 0;
}
