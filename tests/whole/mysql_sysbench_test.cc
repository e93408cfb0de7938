// The promise under sysbench: it writes as fast as it is let, while the program is killed, the
// server restarted or killed, connections cut, the binlog rotated, and tables altered and
// truncated. In every quiet moment each view is the server's own answer, and every `before` is
// right.
//
// LEAT_SEED repeats a run's random choices; LEAT_SOAK makes it ten times as long.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <thread>

#include "tests/support/mysql_server.h"
#include "tests/support/random.h"
#include "tests/whole/support/leat_server.h"
#include "tests/whole/support/sysbench.h"
#include "tests/whole/support/topic_history.h"
#include "tests/whole/support/view_comparison.h"

using namespace leat;
using namespace leat::test;
using namespace std::chrono_literals;

namespace {

// The statement of a view is also valid on the source as it stands.
const std::vector<ViewFile> kViews = {
    {"rows_1", "SELECT id, k, c, pad FROM sbtest1"},
    {"pairs", "SELECT a.id, a.k, b.k AS other FROM sbtest1 a JOIN sbtest2 b ON b.id = a.id"},
    {"buckets", "SELECT k, count(*) AS n, sum(id) AS ids, max(c) AS c FROM sbtest2 GROUP BY k"},
    {"rows_3", "SELECT a.id, a.k, b.pad FROM sbtest3 a LEFT JOIN sbtest1 b ON b.id = a.k"},
    {"mark", "SELECT id, n FROM marks"},
};

constexpr const char* kFingerprint = "SELECT sum(crc32(concat(id, k, c))) FROM sbtest2";

class Run {
 public:
  Run(MysqlKind kind, uint64_t seed) : random_(seed) {
    // What a killed server has committed is in its files.
    server_ =
        must(MysqlServer::start({.kind = kind, .options = {"--innodb-flush-log-at-trx-commit=2"}}));
    execute(
        "CREATE DATABASE sbtest CHARACTER SET utf8mb4; CREATE TABLE sbtest.marks (id int PRIMARY "
        "KEY, n bigint NOT NULL); INSERT INTO sbtest.marks VALUES (1, 0)");
    sysbench_.emplace(server_->port(), "sbtest");
    must(sysbench_->prepare(1000));
    leat_.emplace("mysql://root@127.0.0.1:" + std::to_string(server_->port()) + "/sbtest", kViews);
    must(leat_->start());
    must(leat_->wait_live(180s));  // a first start without a server would end
  }

  // Sysbench writes meanwhile; the binlog is rotated at each step.
  void disturb(int steps) {
    auto before = server_rows(kFingerprint);
    sysbench_->start();
    for (int i = 0; i < steps; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(random_.between(200, 900)));
      disturb_once();
      execute("FLUSH BINARY LOGS");
      if (!leat_->running()) FAIL("leat run ended by itself: " << leat_->log_tail());
    }
    sysbench_->stop();
    CHECK(server_rows(kFingerprint) != before);  // it did write
  }

  void compare_when_quiet() {
    execute("UPDATE sbtest.marks SET n = n + 1");
    std::string differing = "not asked";
    for (auto deadline = std::chrono::steady_clock::now() + 180s;
         std::chrono::steady_clock::now() < deadline; std::this_thread::sleep_for(50ms)) {
      differing = differing_view();
      if (differing.empty()) break;
    }
    if (!differing.empty()) FAIL(differing << "\n" << leat_->log_tail());
    for (const char* table : {"sbtest1", "sbtest2", "sbtest3"}) compare_topic(table);
  }

  void finish() { CHECK(leat_->terminate() == ""); }

 private:
  void disturb_once() {
    switch (random_.below(6)) {
      case 0:
        leat_->kill_hard();
        return must(leat_->start());
      case 1:
        must(server_->stop(random_.one_in(2)));
        return must(server_->start_again());
      case 2:
        return cut_connections();
      case 3:
        return execute("ALTER TABLE sbtest.sbtest1 ADD COLUMN extra" + std::to_string(++columns_) +
                       " int DEFAULT 5");
      case 4:
        return execute("ALTER TABLE sbtest.sbtest2 FORCE");
      default:
        return execute("TRUNCATE TABLE sbtest.sbtest3");
    }
  }

  // Those that the binlog goes through.
  void cut_connections() {
    auto client = must(MysqlClient::connect(server_->port()));
    for (const TextRow& row : must(client->query("SHOW PROCESSLIST"))) {
      if (row.size() < 5 || !row[4].value_or("").starts_with("Binlog Dump")) continue;
      (void)client->execute("KILL " + row[0].value_or("0"));  // it may have gone by itself
    }
  }

  void must(const Status& status) {
    if (!status.ok()) FAIL(status.error().message() << "\n" << (leat_ ? leat_->log_tail() : ""));
  }
  template <class T>
  T must(Result<T> result) {
    if (!result.ok()) FAIL(result.error().message());
    return std::move(*result);
  }

  void execute(const std::string& sql) {
    must(must(MysqlClient::connect(server_->port()))->execute(sql));
  }

  std::vector<TextRow> server_rows(const std::string& sql) {
    return must(must(MysqlClient::connect(server_->port(), "sbtest"))->query(sql));
  }

  // The first view that is not the server's answer; empty where all are.
  std::string differing_view() {
    return first_differing_view(*leat_, kViews,
                                [&](const std::string& query) { return server_rows(query); });
  }

  void compare_topic(const std::string& table) {
    INFO("topic of " << table);
    auto history = must(
        TopicHistory::read(must(leat_->run_command({"topic", "cat", "shop.sbtest." + table}))));
    auto rows =
        server_rows("SELECT id, json_object('id', id, 'k', k, 'c', c, 'pad', pad) FROM " + table);
    CHECK(history.keys_of_latest() == rows.size());
    for (const TextRow& row : rows) {
      auto difference = history.difference_from(*row[0], *row[1]);
      if (difference) FAIL(*difference);
    }
  }

  Random random_;
  int columns_ = 0;
  std::unique_ptr<MysqlServer> server_;
  std::optional<Sysbench> sysbench_;
  std::optional<LeatServer> leat_;
};

void play(MysqlKind kind, int rounds) {
  for (const std::string& missing : {MysqlServer::why_missing(kind), Sysbench::why_missing()}) {
    if (missing.empty()) continue;
    WARN("skipped: " << missing);
    return;
  }
  if (std::getenv("LEAT_SOAK") != nullptr) rounds *= 10;
  uint64_t run_seed = seed();
  std::cout << "sysbench on " << to_text(kind) << ": LEAT_SEED=" << run_seed << std::endl;
  Run run(kind, run_seed);
  for (int round = 0; round < rounds; ++round) {
    run.disturb(8);
    run.compare_when_quiet();
  }
  run.finish();
}

}  // namespace

TEST_CASE("UnderSysbenchOnMariaDbEverythingIsExactWhateverHappens") {
  play(MysqlKind::mariadb, 2);
}

TEST_CASE("UnderSysbenchOnMysqlEverythingIsExactWhateverHappens") {
  play(MysqlKind::mysql, 1);
}
