// The promise, end to end: real PostgreSQL, the real program, killed again and again.
//
// Writers move money between two tables; `leat run` dies by SIGKILL at random moments, in the
// snapshot too. While it runs, a reader checks on every read that the money is whole (a half
// transaction would show) and that the cut never goes back. At quiet moments every view equals its
// own SQL on the source, and every topic holds each change once, in commit order, with the `before`
// that preceded it.
//
// LEAT_SEED repeats a run's random choices, LEAT_KILLS sets how often the program is killed.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>
#include <thread>

#include "tests/whole/support/bank.h"
#include "tests/whole/support/invariant_reader.h"
#include "tests/whole/support/leat_server.h"
#include "tests/whole/support/topic_history.h"
#include "tests/whole/support/view_comparison.h"

using namespace leat;
using namespace leat::test;
using namespace std::chrono_literals;

namespace {

// The statement of a view is also valid on the source as it stands.
const std::vector<ViewFile> kViews = {
    {"account_lines",
     "SELECT a.id, a.balance, b.name AS branch, v.label, v.amount, length(a.note) AS note_size,"
     " a.changed FROM accounts a JOIN branches b ON b.id = a.branch_id"
     " JOIN vaults v ON v.id = a.vault_id"},
    {"account_vaults",
     "SELECT a.id, a.note, v.amount + a.balance AS both FROM accounts a"
     " LEFT JOIN vaults v ON v.id = a.vault_id"},
    {"branch_stats",
     "SELECT b.name, count(*) AS lines, count(a.id) AS accounts, sum(a.balance) AS total,"
     " min(a.balance) AS lowest, max(a.id) AS newest, avg(a.balance) AS mean"
     " FROM branches b LEFT JOIN accounts a ON a.branch_id = b.id GROUP BY b.name"},
    {"neighbours",
     "SELECT x.id, y.id AS other, y.balance FROM accounts x JOIN accounts y ON y.id = x.vault_id"
     " WHERE y.balance <> 0"},
    {"account_total", "SELECT count(*) AS n, coalesce(sum(balance), 0) AS total FROM accounts"},
    {"vault_total", "SELECT count(*) AS n, coalesce(sum(amount), 0) AS total FROM vaults"},
    {"ballast_sum",
     "SELECT bucket, count(*) AS n, sum(weight) AS weight, min(id) AS first, max(weight) AS most"
     " FROM ballast GROUP BY bucket"},
    {"ballast_lines",
     "SELECT b.id AS branch, x.id, x.weight, left(x.filling, 3) AS filling FROM branches b"
     " LEFT JOIN ballast x ON x.bucket = b.id"},
    {"mark", "SELECT id, n FROM marks"},
};

uint64_t environment_number(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class ExactnessRun {
 public:
  explicit ExactnessRun(uint64_t seed) : random_(seed), seed_(seed) {
    auto server = PostgresServer::start(
        {.settings = {"logical_decoding_work_mem = 64kB"}, .authentication = "trust"});
    if (!server.ok()) FAIL(server.error().message());
    source_ = std::move(*server);
    auto client = PostgresClient::connect(source_->uri());
    if (!client.ok()) FAIL(client.error().message());
    client_ = std::move(*client);
    must(create_bank(*client_, 400));
    must(client_->execute(
        "CREATE TABLE ballast (id int PRIMARY KEY, bucket int NOT NULL, weight int NOT NULL,"
        " filling text NOT NULL);"
        "INSERT INTO ballast SELECT i, i % 7, i, repeat('x', 400) FROM generate_series(1, 60000) "
        "i"));
    leat_.emplace(source_->uri(), kViews, "memory_limit: 64MB\n");  // state on the disk, too
    reader_.emplace(leat_->sql_uri());
  }

  void write_on() { writers_.emplace(source_->uri(), 3, seed_ + ++episodes_); }

  // One death after TIME of running.
  void run_and_kill(std::chrono::milliseconds time) {
    must(leat_->start());
    std::this_thread::sleep_for(time);
    if (!leat_->running()) FAIL("leat run ended by itself: " << leat_->log_tail());
    leat_->kill_hard();
  }

  // Whether a death soon after a snapshot began fell into it.
  bool kill_in_the_snapshot() {
    size_t begun = count_in_log("snapshot of");
    must(leat_->start());
    for (int i = 0; i < 6000 && leat_->running() && count_in_log("snapshot of") == begun; ++i) {
      std::this_thread::sleep_for(5ms);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(number(0, 60)));
    leat_->kill_hard();
    return count_in_log("snapshot of") > begun && count_in_log("snapshot complete") == 0;
  }

  size_t count_in_log(const std::string& words) const {
    std::string text = leat_->log_text();
    size_t count = 0;
    for (size_t at = 0; (at = text.find(words, at)) != std::string::npos; ++at) ++count;
    return count;
  }

  void kill_now() { leat_->kill_hard(); }

  // So large that it goes to the log in parts.
  void huge_transaction() {
    must(
        client_->execute("BEGIN; UPDATE ballast SET weight = weight + 1 WHERE id % 3 = 0;"
                         "SAVEPOINT s; DELETE FROM ballast; ROLLBACK TO s;"
                         "DELETE FROM ballast WHERE id % 50 = " +
                         std::to_string(number(0, 49)) + "; COMMIT"));
  }

  // Stops the writers, waits until the program has caught up, compares everything; leaves it
  // running.
  void compare_when_quiet() {
    writers_->stop();
    if (!leat_->running()) must(leat_->start());
    must(leat_->wait_live(60s));
    wait_for_mark();
    for (const ViewFile& view : kViews) compare_view(view);
    for (const char* table : {"branches", "accounts", "vaults", "ballast"}) compare_topic(table);
  }

  void finish() {
    CHECK(leat_->terminate() == "");
    reader_->stop();
    for (const std::string& violation : reader_->violations()) FAIL_CHECK(violation);
    CHECK(reader_->reads() > 50);
    std::cout << "exactness: " << reader_->reads() << " reads\n";
  }

  int64_t number(int64_t from, int64_t to) {
    return std::uniform_int_distribution<int64_t>(from, to)(random_);
  }

 private:
  void must(const Status& status) {
    if (!status.ok()) FAIL(status.error().message() << "\n" << (leat_ ? leat_->log_tail() : ""));
  }

  void wait_for_mark() {
    must(client_->execute("UPDATE marks SET n = n + 1"));
    std::string mark = client_->value("SELECT n FROM marks").value();
    for (auto deadline = std::chrono::steady_clock::now() + 60s;;
         std::this_thread::sleep_for(20ms)) {
      auto client = PostgresClient::connect(leat_->sql_uri());
      auto seen = client.ok() ? (*client)->value("SELECT n FROM mark") : client.error();
      if (seen.ok() && *seen == mark) return;
      if (std::chrono::steady_clock::now() > deadline) {
        FAIL("did not catch up: " << (seen.ok() ? *seen : seen.error().message()) << "\n"
                                  << leat_->log_tail());
      }
    }
  }

  void compare_view(const ViewFile& view) {
    INFO("view " << view.name);
    auto client = PostgresClient::connect(leat_->sql_uri());
    REQUIRE(client.ok());
    must((client_->execute("SET timezone = 'UTC'")));
    auto expected = client_->query(view.query);
    auto names = client_->description().column_names;
    if (!expected.ok()) FAIL(expected.error().message());
    auto seen = (*client)->query("SELECT * FROM " + view.name);
    if (!seen.ok()) FAIL(seen.error().message());
    CHECK((*client)->description().column_names == names);
    bool equal = sorted(*seen) == sorted(*expected);
    CHECK(equal);
    if (equal) return;
    print_difference(sorted(*seen), sorted(*expected));
    print_what_leat_says();
  }

  static void print_difference(const std::vector<TextRow>& seen,
                               const std::vector<TextRow>& wanted) {
    std::vector<TextRow> extra, missing;
    std::set_difference(seen.begin(), seen.end(), wanted.begin(), wanted.end(),
                        std::back_inserter(extra));
    std::set_difference(wanted.begin(), wanted.end(), seen.begin(), seen.end(),
                        std::back_inserter(missing));
    auto print = [](const char* what, const std::vector<TextRow>& rows) {
      std::cout << rows.size() << " " << what << " rows\n";
      for (size_t i = 0; i < std::min<size_t>(rows.size(), 5); ++i) {
        for (const auto& value : rows[i])
          std::cout << value.value_or("NULL").substr(0, 60) << " | ";
        std::cout << "\n";
      }
    };
    print("extra", extra);
    print("missing", missing);
  }

  // A table that has stopped lags behind for good, and says why.
  void print_what_leat_says() {
    auto status = leat_->run_command({"status"});
    std::cout << (status.ok() ? *status : status.error().message()) << "\n"
              << leat_->log_tail() << "\n";
  }

  void compare_topic(const std::string& table) {
    INFO("topic of " << table);
    auto lines = leat_->run_command({"topic", "cat", "shop.public." + table});
    if (!lines.ok()) FAIL(lines.error().message());
    auto history = TopicHistory::read(*lines);
    if (!history.ok()) FAIL(history.error().message());
    auto rows = client_->query(
        "SELECT t.id, (SELECT jsonb_object_agg(key, value) FROM jsonb_each_text(to_jsonb(t)))::text"
        " FROM " +
        table + " t");
    REQUIRE(rows.ok());
    CHECK(history->keys_of_latest() == rows->size());
    for (const TextRow& row : *rows) {
      auto difference = history->difference_from(*row[0], *row[1]);
      if (difference) FAIL(*difference);
    }
  }

  std::mt19937_64 random_;
  uint64_t seed_;
  uint64_t episodes_ = 0;
  std::unique_ptr<PostgresServer> source_;
  std::unique_ptr<PostgresClient> client_;
  std::optional<LeatServer> leat_;
  std::optional<BankWriters> writers_;
  std::optional<InvariantReader> reader_;
};

}  // namespace

TEST_CASE("KilledAtRandomMomentsEveryViewAndTopicIsExact") {
  uint64_t seed = environment_number("LEAT_SEED", std::random_device{}());
  uint64_t kills = environment_number("LEAT_KILLS", 24);
  std::cout << "exactness: LEAT_SEED=" << seed << " LEAT_KILLS=" << kills << std::endl;
  ExactnessRun run(seed);
  run.write_on();
  int killed_in_the_snapshot = 0;
  for (int i = 0; i < 4; ++i) killed_in_the_snapshot += run.kill_in_the_snapshot() ? 1 : 0;
  CHECK(killed_in_the_snapshot > 0);
  for (uint64_t i = 4; i < kills; ++i) {
    run.run_and_kill(std::chrono::milliseconds(run.number(100, 2500)));
    if (i % 5 == 0) run.huge_transaction();
    if (i % 7 == 0) {
      run.compare_when_quiet();
      run.write_on();
      std::this_thread::sleep_for(500ms);
      run.huge_transaction();
      std::this_thread::sleep_for(std::chrono::milliseconds(run.number(0, 300)));
      run.kill_now();
    }
  }
  run.compare_when_quiet();
  run.finish();
}
