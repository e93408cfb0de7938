// The promise over MariaDB: the real server, the real program, both killed again and again while
// the binlog is rotated and tables are altered and truncated. See exactness_test.cc.
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>
#include <thread>

#include "tests/support/mysql_server.h"
#include "tests/whole/support/bank.h"
#include "tests/whole/support/invariant_reader.h"
#include "tests/whole/support/leat_server.h"
#include "tests/whole/support/topic_history.h"
#include "tests/whole/support/view_comparison.h"

using namespace leat;
using namespace leat::test;
using namespace std::chrono_literals;

namespace {

using Random = std::mt19937_64;

// The statement of a view is also valid on the source as it stands.
const std::vector<ViewFile> kViews = {
    {"account_lines",
     "SELECT a.id, a.balance, v.label, v.amount, length(a.note) AS note_size"
     " FROM accounts a JOIN vaults v ON v.id = a.vault_id"},
    {"vault_stats",
     "SELECT v.id, count(a.id) AS accounts, sum(a.balance) AS total, max(a.id) AS newest"
     " FROM vaults v LEFT JOIN accounts a ON a.vault_id = v.id GROUP BY v.id"},
    {"account_total", "SELECT count(*) AS n, coalesce(sum(balance), 0) AS total FROM accounts"},
    {"vault_total", "SELECT count(*) AS n, coalesce(sum(amount), 0) AS total FROM vaults"},
    {"scratch_rows", "SELECT id, n FROM scratch"},
    {"bulk_numbers", "SELECT id, n FROM bulk"},
    {"mark", "SELECT id, n FROM marks"},
};

constexpr const char* kBank =
    "CREATE DATABASE bank CHARACTER SET utf8mb4; USE bank;"
    "CREATE TABLE accounts (id int PRIMARY KEY, vault_id int, balance bigint NOT NULL,"
    " note longtext);"
    "CREATE TABLE vaults (id int PRIMARY KEY, amount decimal(20,2) NOT NULL, label varchar(20));"
    "CREATE TABLE scratch (id int PRIMARY KEY, n int);"
    "CREATE TABLE bulk (id int PRIMARY KEY, n int, body text);"
    "CREATE TABLE marks (id int PRIMARY KEY, n bigint NOT NULL);"
    "INSERT INTO marks VALUES (1, 0);"
    "INSERT INTO vaults SELECT seq, 0, 'v' FROM seq_1_to_30;"
    "INSERT INTO accounts SELECT seq, 1 + seq % 30, 0, if(seq % 5 = 0, repeat(md5(seq), 100), NULL)"
    " FROM seq_1_to_400";

int64_t pick(Random& random, int64_t from, int64_t to) {
  return std::uniform_int_distribution<int64_t>(from, to)(random);
}
std::string any(Random& random, int64_t from, int64_t to) {
  return std::to_string(pick(random, from, to));
}

std::string move_money(Random& random) {
  std::string amount = any(random, -50, 50);
  return "UPDATE accounts a JOIN vaults v ON v.id = " + any(random, 1, 30) +
         " SET a.balance = a.balance - " + amount + ", v.amount = v.amount + " + amount +
         " WHERE a.id = " + any(random, 1, 500);
}

// The balance goes to a vault.
std::string close_account(Random& random) {
  std::string id = any(random, 1, 500);
  return "SET @b = (SELECT balance FROM accounts WHERE id = " + id +
         " FOR UPDATE); SET @v = (SELECT id FROM vaults WHERE id = " + any(random, 1, 30) +
         " FOR UPDATE); UPDATE vaults SET amount = amount + @b WHERE id = @v AND @b IS NOT NULL; "
         "DELETE FROM accounts WHERE id = " +
         id + " AND @v IS NOT NULL";
}

std::string statement(Random& random) {
  switch (pick(random, 0, 12)) {
    case 0:
      return "INSERT IGNORE INTO accounts (id, vault_id, balance, note) VALUES (" +
             any(random, 1, 500) + ", " + any(random, 1, 30) + ", 0, repeat(md5(rand()), " +
             any(random, 0, 200) + "))";
    case 1:
      return close_account(random);
    case 2:
      return "UPDATE IGNORE accounts SET id = " + any(random, 1, 500) +
             " WHERE id = " + any(random, 1, 500);
    case 3:
      return "UPDATE accounts SET note = repeat(md5(rand()), 100) WHERE id < " + any(random, 1, 20);
    case 4:
      return "UPDATE IGNORE vaults SET id = " + any(random, 1, 30) +
             " WHERE id = " + any(random, 1, 30);
    case 5:
      return "SAVEPOINT s; " + move_money(random) +
             "; UPDATE accounts SET balance = balance + 1 WHERE id < 20; ROLLBACK TO s";
    case 6:
      return "REPLACE INTO scratch VALUES (" + any(random, 1, 50) + ", " + any(random, 1, 99) + ")";
    default:
      return move_money(random);
  }
}

// Large enough to go to the log while it is still being received.
std::string large_transaction(Random& random) {
  return "BEGIN; DELETE FROM bulk; " + move_money(random) +
         "; INSERT INTO bulk SELECT seq, floor(rand() * 1000), repeat(md5(rand()), 320) FROM "
         "seq_1_to_900; " +
         move_money(random) + "; COMMIT";
}

std::string transaction(Random& random) {
  if (pick(random, 0, 500) == 0) return large_transaction(random);
  if (pick(random, 0, 200) == 0) return "TRUNCATE TABLE scratch";
  std::string sql = "BEGIN; ";
  for (int64_t i = pick(random, 1, 6); i > 0; --i) sql += statement(random) + "; ";
  return sql + (pick(random, 0, 20) == 0 ? "ROLLBACK" : "COMMIT");
}

class Writers {
 public:
  Writers(int port, int thread_count, uint64_t seed) : port_(port) {
    for (int i = 0; i < thread_count; ++i) {
      threads_.emplace_back([this, seed, i] { write(seed * 1000 + static_cast<uint64_t>(i)); });
    }
  }
  ~Writers() {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void write(uint64_t seed) {
    Random random(seed);
    while (!stopping_) {
      auto client = MysqlClient::connect(port_, "bank");
      while (client.ok() && !stopping_) {
        Status done = (*client)->execute(transaction(random));
        if (!done.ok() && !(*client)->execute("ROLLBACK").ok()) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(pick(random, 0, 4)));
      }
      std::this_thread::sleep_for(20ms);
    }
  }

  int port_;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> threads_;
};

class Run {
 public:
  explicit Run(uint64_t seed) : random_(seed), seed_(seed) {
    // What a killed server has committed is in its files.
    auto server = MysqlServer::start(
        {.kind = MysqlKind::mariadb, .options = {"--innodb-flush-log-at-trx-commit=2"}});
    if (!server.ok()) FAIL(server.error().message());
    server_ = std::move(*server);
    execute(kBank);
    execute("UPDATE bank.accounts SET balance = " + std::to_string(kBankTotal) + " WHERE id = 1");
    leat_.emplace("mysql://root@127.0.0.1:" + std::to_string(server_->port()) + "/bank", kViews);
    reader_.emplace(leat_->sql_uri());
  }

  void write_on() { writers_.emplace(server_->port(), 3, seed_ + ++episodes_); }

  void run_and_kill(std::chrono::milliseconds time) {
    must(leat_->start());
    std::this_thread::sleep_for(time);
    if (!leat_->running()) FAIL("leat run ended by itself: " << leat_->log_tail());
    leat_->kill_hard();
  }

  void kill_now() { leat_->kill_hard(); }

  // One of the things that happen to a server.
  void disturb() {
    switch (number(0, 3)) {
      case 0:
        must(server_->stop(true));
        must(server_->start_again());
        break;
      case 1:
        execute("ALTER TABLE bank.accounts ADD COLUMN extra" + std::to_string(++columns_) +
                " int DEFAULT 5");
        break;
      case 2:
        execute("ALTER TABLE bank.scratch FORCE");
        break;
      default:
        execute("FLUSH BINARY LOGS");
    }
  }

  void compare_when_quiet() {
    writers_.reset();
    if (!leat_->running()) must(leat_->start());
    wait_for_equality();
    for (const char* table : {"accounts", "vaults", "scratch"}) compare_topic(table);
  }

  void finish() {
    CHECK(leat_->terminate() == "");
    reader_->stop();
    for (const std::string& violation : reader_->violations()) FAIL_CHECK(violation);
    CHECK(reader_->reads() > 50);
    std::cout << "exactness on MariaDB: " << reader_->reads() << " reads\n";
  }

  int64_t number(int64_t from, int64_t to) { return pick(random_, from, to); }

 private:
  void must(const Status& status) {
    if (!status.ok()) FAIL(status.error().message() << "\n" << (leat_ ? leat_->log_tail() : ""));
  }

  void execute(const std::string& sql) {
    auto client = MysqlClient::connect(server_->port());
    must(client.ok() ? (*client)->execute(sql) : Status(client.error()));
  }

  std::vector<TextRow> server_rows(const std::string& sql) {
    auto client = MysqlClient::connect(server_->port(), "bank");
    REQUIRE(client.ok());
    auto rows = (*client)->query(sql);
    if (!rows.ok()) FAIL(rows.error().message());
    return std::move(*rows);
  }

  // The first view that is not the server's answer; empty where all are.
  std::string differing_view() {
    return first_differing_view(*leat_, kViews,
                                [&](const std::string& query) { return server_rows(query); });
  }

  // Also copies of altered tables must be in.
  void wait_for_equality() {
    execute("UPDATE bank.marks SET n = n + 1");
    std::string differing = "not asked";
    for (auto deadline = std::chrono::steady_clock::now() + 60s;
         std::chrono::steady_clock::now() < deadline; std::this_thread::sleep_for(50ms)) {
      differing = differing_view();
      if (differing.empty()) return;
    }
    FAIL(differing << "\n" << leat_->log_tail());
  }

  void compare_topic(const std::string& table) {
    INFO("topic of " << table);
    auto lines = leat_->run_command({"topic", "cat", "shop.bank." + table});
    if (!lines.ok()) FAIL(lines.error().message());
    auto history = TopicHistory::read(*lines);
    if (!history.ok()) FAIL(history.error().message());
    std::string columns = table == "accounts" ? "'balance', balance, 'note', note"
                          : table == "vaults" ? "'amount', CAST(amount AS char), 'label', label"
                                              : "'n', n";
    auto rows = server_rows("SELECT id, json_object('id', id, " + columns + ") FROM " + table);
    CHECK(history->keys_of_latest() == rows.size());
    for (const TextRow& row : rows) {
      auto difference = history->difference_from(*row[0], *row[1]);
      if (difference) FAIL(*difference);
    }
  }

  Random random_;
  uint64_t seed_;
  uint64_t episodes_ = 0;
  int columns_ = 0;
  std::unique_ptr<MysqlServer> server_;
  std::optional<LeatServer> leat_;
  std::optional<Writers> writers_;
  std::optional<InvariantReader> reader_;
};

uint64_t environment_number(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("OverMariaDbEveryViewAndTopicIsExactWhoeverIsKilled") {
  std::string missing = MysqlServer::why_missing(MysqlKind::mariadb);
  if (!missing.empty()) {
    WARN("skipped: " << missing);
    return;
  }
  uint64_t seed = environment_number("LEAT_SEED", std::random_device{}());
  uint64_t kills = environment_number("LEAT_KILLS", 12);
  std::cout << "exactness on MariaDB: LEAT_SEED=" << seed << " LEAT_KILLS=" << kills << std::endl;
  Run run(seed);
  run.write_on();
  for (uint64_t i = 0; i < kills; ++i) {
    run.run_and_kill(
        std::chrono::milliseconds(i < 3 ? run.number(20, 500) : run.number(300, 3000)));
    if (i > 2) run.disturb();
    if (i % 5 == 4) {
      run.compare_when_quiet();
      run.write_on();
      run.disturb();
      std::this_thread::sleep_for(1500ms);
      run.disturb();
      std::this_thread::sleep_for(std::chrono::milliseconds(run.number(0, 1500)));
      run.kill_now();
    }
  }
  run.compare_when_quiet();
  run.finish();
}
