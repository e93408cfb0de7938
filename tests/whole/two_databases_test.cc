// A view that joins a PostgreSQL table with a MariaDB one: each shows a prefix of its own commits,
// however often the program is killed, and in the end the join of what both hold.
#include <atomic>
#include <catch2/catch.hpp>
#include <functional>
#include <iostream>
#include <optional>
#include <thread>

#include "tests/support/mysql_server.h"
#include "tests/support/postgres_server.h"
#include "tests/support/random.h"
#include "tests/whole/support/bank.h"
#include "tests/whole/support/invariant_reader.h"
#include "tests/whole/support/leat_server.h"
#include "tests/whole/support/view_comparison.h"

using namespace leat;
using namespace leat::test;
using namespace std::chrono_literals;

namespace {

constexpr int kAccounts = 300;
constexpr int kVaults = 30;

// Accounts are in PostgreSQL, vaults in MariaDB. Each transaction leaves the sum of its table as it
// was, so that a half of one shows in the totals.
const std::vector<ViewFile> kViews = {
    {"account_lines",
     "SELECT a.id, a.balance, v.label, v.amount FROM accounts a JOIN vaults v ON v.id = "
     "a.vault_id"},
    {"vault_stats",
     "SELECT v.id, count(a.id) AS accounts, sum(a.balance) AS total, max(v.label) AS label"
     " FROM vaults v LEFT JOIN accounts a ON a.vault_id = v.id GROUP BY v.id"},
    {"account_total", "SELECT count(*) AS n, coalesce(sum(balance), 0) AS total FROM accounts"},
    {"vault_total", "SELECT count(*) AS n, coalesce(sum(amount), 0) AS total FROM vaults"},
};

std::string any(Random& random, int from, int to) {
  return std::to_string(random.between(from, to));
}

std::string change_accounts(Random& random) {
  std::string sum = any(random, -90, 90);
  std::string extra = any(random, 1000, 1050);
  return "BEGIN; UPDATE accounts SET balance = balance + " + sum +
         " WHERE id = " + any(random, 1, kAccounts) + "; UPDATE accounts SET balance = balance - " +
         sum + ", vault_id = " + any(random, 1, kVaults + 5) +
         " WHERE id = " + any(random, 1, kAccounts) + "; DELETE FROM accounts WHERE id = " + extra +
         "; INSERT INTO accounts VALUES (" + any(random, 1000, 1050) +
         ", 1, 0) ON CONFLICT DO NOTHING; COMMIT";
}

std::string change_vaults(Random& random) {
  std::string sum = any(random, -90, 90);
  return "BEGIN; UPDATE vaults SET amount = amount + " + sum +
         " WHERE id = " + any(random, 1, kVaults) + "; UPDATE vaults SET amount = amount - " + sum +
         ", label = '" + any(random, 1, 9) + "' WHERE id = " + any(random, 1, kVaults) +
         "; DELETE FROM vaults WHERE id > " + any(random, kVaults, kVaults + 5) +
         "; INSERT IGNORE INTO vaults VALUES (" + any(random, kVaults + 1, kVaults + 5) +
         ", 0, 'extra'); COMMIT";
}

// Runs CHANGE over and over until it goes.
class Writer {
 public:
  explicit Writer(std::function<void()> change)
      : thread_([this, change = std::move(change)] {
          while (!stopping_) {
            change();
            std::this_thread::sleep_for(1ms);
          }
        }) {}
  ~Writer() {
    stopping_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

class Run {
 public:
  explicit Run(uint64_t run_seed) : random_(run_seed) {
    postgres_ = must(PostgresServer::start({.settings = {}, .authentication = "trust"}));
    mariadb_ = must(MysqlServer::start({.kind = MysqlKind::mariadb, .options = {}}));
    accounts_ = must(PostgresClient::connect(postgres_->uri()));
    vaults_ = must(MysqlClient::connect(mariadb_->port()));
    must(accounts_->execute(
        "CREATE TABLE accounts (id int PRIMARY KEY, vault_id int, balance bigint NOT NULL);"
        "INSERT INTO accounts SELECT i, 1 + i % 30, 0 FROM generate_series(1, 300) i;"
        "UPDATE accounts SET balance = " +
        std::to_string(kBankTotal) + " WHERE id = 1"));
    must(vaults_->execute(
        "CREATE DATABASE bank CHARACTER SET utf8mb4; USE bank; CREATE TABLE vaults (id int PRIMARY "
        "KEY, amount decimal(20,2) NOT NULL, label varchar(20) NOT NULL);"
        "INSERT INTO vaults SELECT seq, 0, 'v' FROM seq_1_to_30"));
    leat_.emplace(
        std::vector<NamedSource>{
            {"front", postgres_->uri()},
            {"back", "mysql://root@127.0.0.1:" + std::to_string(mariadb_->port()) + "/bank"}},
        kViews);
    reader_.emplace(leat_->sql_uri());
  }

  // Writes to both while the program runs, for so long, and is killed.
  void write_and_kill(std::chrono::milliseconds time) {
    Writer front([this, random = Random(random_.below(1000))]() mutable {
      (void)accounts_->execute(change_accounts(random));
    });
    Writer back([this, random = Random(random_.below(1000))]() mutable {
      (void)vaults_->execute(change_vaults(random));
    });
    must(leat_->start());
    std::this_thread::sleep_for(time);
    if (!leat_->running()) FAIL("leat run ended by itself: " << leat_->log_tail());
    leat_->kill_hard();
  }

  void compare_when_quiet() {
    must(leat_->start());
    std::string differing = "not asked";
    for (auto deadline = std::chrono::steady_clock::now() + 120s;
         std::chrono::steady_clock::now() < deadline; std::this_thread::sleep_for(50ms)) {
      differing = differing_view();
      if (differing.empty()) break;
    }
    if (!differing.empty()) FAIL(differing << "\n" << leat_->log_tail());
    CHECK(leat_->terminate() == "");
  }

  void finish() {
    reader_->stop();
    for (const std::string& violation : reader_->violations()) FAIL_CHECK(violation);
    CHECK(reader_->reads() > 10);
  }

  std::chrono::milliseconds time(int from, int to) {
    return std::chrono::milliseconds(random_.between(from, to));
  }

 private:
  static void must(const Status& status) {
    if (!status.ok()) FAIL(status.error().message());
  }
  template <class T>
  static T must(Result<T> result) {
    if (!result.ok()) FAIL(result.error().message());
    return std::move(*result);
  }

  // MariaDB's table beside PostgreSQL's own, which then answers what the views should.
  void mirror_vaults() {
    std::string rows;
    for (const TextRow& row : must(vaults_->query("SELECT id, amount, label FROM vaults"))) {
      rows += (rows.empty() ? "(" : ", (") + *row[0] + ", " + *row[1] + ", '" + *row[2] + "')";
    }
    must(accounts_->execute(
        "CREATE TEMP TABLE IF NOT EXISTS vaults (id int, amount numeric(20,2), label text);"
        "DELETE FROM vaults; INSERT INTO vaults VALUES " +
        rows));
  }

  // Empty where every view shows what the tables hold.
  std::string differing_view() {
    mirror_vaults();
    return first_differing_view(
        *leat_, kViews, [&](const std::string& query) { return must(accounts_->query(query)); });
  }

  Random random_;
  std::unique_ptr<PostgresServer> postgres_;
  std::unique_ptr<MysqlServer> mariadb_;
  std::unique_ptr<PostgresClient> accounts_;
  std::unique_ptr<MysqlClient> vaults_;
  std::optional<LeatServer> leat_;
  std::optional<InvariantReader> reader_;
};

}  // namespace

TEST_CASE("AViewOverPostgresAndMariaDbIsExactUnderChangesOfBothAndKills") {
  std::string missing = MysqlServer::why_missing(MysqlKind::mariadb);
  if (!missing.empty()) {
    WARN("skipped: " << missing);
    return;
  }
  uint64_t run_seed = seed();
  std::cout << "two databases: LEAT_SEED=" << run_seed << std::endl;
  Run run(run_seed);
  run.write_and_kill(run.time(100, 1500));
  for (int i = 0; i < 3; ++i) {
    run.write_and_kill(run.time(1500, 3000));
    run.compare_when_quiet();
  }
  run.finish();
}
