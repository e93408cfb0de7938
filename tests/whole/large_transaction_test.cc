// A source transaction larger than the memory that the program may use: it goes through in parts,
// and is seen as a whole or not at all.
#include <catch2/catch.hpp>
#include <filesystem>
#include <optional>
#include <set>
#include <thread>

#include "tests/whole/support/leat_server.h"

using namespace leat;
using namespace leat::test;
using namespace std::chrono_literals;

namespace {

constexpr int64_t kFirstRows = 250'000;  // more than the transaction memory: spills
constexpr int64_t kRows = 1'000'000;
// A row is about 300 bytes in each of: the transaction, the topic, the row store.
constexpr size_t kPeakBytesMax = size_t{288} << 20;

class LargeTransactionRun {
 public:
  LargeTransactionRun() {
    auto server = PostgresServer::start({.settings = {}, .authentication = "trust"});
    if (!server.ok()) FAIL(server.error().message());
    source_ = std::move(*server);
    auto client = PostgresClient::connect(source_->uri());
    if (!client.ok()) FAIL(client.error().message());
    client_ = std::move(*client);
    sql("CREATE TABLE big (id int PRIMARY KEY, n int NOT NULL, body text NOT NULL)");
    leat.emplace(source_->uri(),
                 std::vector<ViewFile>{{"totals",
                                        "SELECT count(*) AS rows, coalesce(sum(n), 0) AS"
                                        " total FROM big"}},
                 "memory_limit: 128MB\n");
    start();
  }

  void start() {
    REQUIRE(leat->start().ok());
    auto live = leat->wait_live(60s);
    if (!live.ok()) FAIL(live.error().message());
  }
  void sql(const std::string& statement) {
    auto done = client_->execute(statement);
    if (!done.ok()) FAIL(done.error().message());
  }
  // In one transaction; each row is about 300 bytes.
  void insert(int64_t from, int64_t count) {
    sql("INSERT INTO big SELECT i, 1, repeat(md5(i::text), 9) FROM generate_series(" +
        std::to_string(from) + ", " + std::to_string(from + count - 1) + ") i");
  }
  // "ROWS TOTAL"; empty while nothing answers.
  std::string totals() {
    auto client = PostgresClient::connect(leat->sql_uri());
    auto rows = client.ok() ? (*client)->query("SELECT rows, total FROM totals") : client.error();
    return rows.ok() ? *rows->at(0).at(0) + " " + *rows->at(0).at(1) : "";
  }
  // What was seen until TOTALS showed LAST.
  std::set<std::string> seen_until(const std::string& last) {
    std::set<std::string> seen;
    for (auto deadline = std::chrono::steady_clock::now() + 300s; seen.count(last) == 0;
         std::this_thread::sleep_for(10ms)) {
      if (std::chrono::steady_clock::now() > deadline)
        FAIL("not seen in time\n" << leat->log_tail());
      std::string now = totals();
      if (!now.empty()) seen.insert(now);
    }
    return seen;
  }
  uint64_t segment_bytes() const {
    uint64_t sum = 0;
    auto dir = leat->directory() + "/data/log/segments";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(dir)) {
      std::error_code gone;
      if (entry.is_regular_file(gone)) sum += entry.file_size(gone);
    }
    return sum;
  }

  std::optional<LeatServer> leat;

 private:
  std::unique_ptr<PostgresServer> source_;
  std::unique_ptr<PostgresClient> client_;
};

using Seen = std::set<std::string>;

}  // namespace

TEST_CASE("ATransactionLargerThanMemoryIsSeenAsAWholeAndMemoryStaysBounded", "[large]") {
  LargeTransactionRun run;
  run.insert(1, kFirstRows);
  run.seen_until("250000 250000");
  run.insert(kFirstRows + 1, kRows);
  CHECK(run.seen_until("1250000 1250000") == Seen{"250000 250000", "1250000 1250000"});
  size_t peak = run.leat->peak_resident_bytes();
  INFO("peak of " << (peak >> 20) << " MB");
  CHECK(peak < kPeakBytesMax);
  CHECK(run.leat->terminate() == "");
}

TEST_CASE("ALargeTransactionThatAKillInterruptsIsTakenFromItsStartAgain", "[large]") {
  LargeTransactionRun run;
  run.insert(1, kFirstRows);
  run.seen_until("250000 250000");
  uint64_t before = run.segment_bytes();
  run.sql("UPDATE big SET n = 2");
  // In the middle: some parts are in the segments.
  while (run.segment_bytes() < before + (20 << 20)) std::this_thread::sleep_for(1ms);
  run.leat->kill_hard();
  run.start();
  CHECK(run.seen_until("250000 500000") == Seen{"250000 250000", "250000 500000"});
  CHECK(run.leat->terminate() == "");
}
