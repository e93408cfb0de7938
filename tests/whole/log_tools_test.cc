// An operator's way with the log: topics altered and deleted, backups made and restored, damage
// found and mended; with the program as it is, over a PostgreSQL server.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/whole/support/leat_server.h"

using namespace leat;
using namespace leat::test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

const ViewFile kSum = {"sums", "SELECT id, amount FROM orders WHERE amount > 0"};

struct Orders {
  Orders() {
    auto started = PostgresServer::start();
    if (!started.ok()) FAIL(started.error().message());
    source = std::move(*started);
    client = *PostgresClient::connect(source->uri());
    execute("CREATE TABLE orders (id int PRIMARY KEY, amount int NOT NULL)");
    execute("INSERT INTO orders SELECT i, 1 FROM generate_series(1, 2000) i");
    leat = std::make_unique<LeatServer>(source->uri(), std::vector<ViewFile>{kSum});
    start();
  }

  void execute(const std::string& sql) {
    Status done = client->execute(sql);
    if (!done.ok()) FAIL(done.error().message());
  }
  void start() {
    Status status = leat->start();
    if (status.ok()) status = leat->wait_live(60s);
    if (!status.ok()) FAIL(status.error().message());
  }
  void stop() { REQUIRE(leat->terminate() == ""); }

  // What the command prints, also where it fails.
  std::string run(const std::vector<std::string>& arguments) {
    auto output = leat->run_command(arguments);
    return output.ok() ? *output : output.error().message();
  }

  // The sum of the view's amounts once it is EXPECTED, or after a while.
  std::string eventually(const std::string& expected) {
    std::string last;
    for (auto deadline = std::chrono::steady_clock::now() + 30s;
         std::chrono::steady_clock::now() < deadline; std::this_thread::sleep_for(20ms)) {
      auto reader = PostgresClient::connect(leat->sql_uri());
      auto value = reader.ok() ? (*reader)->value("SELECT sum(amount) FROM sums") : reader.error();
      last = value.ok() ? *value : value.error().message();
      if (last == expected) break;
    }
    return last;
  }

  std::string data_dir() const { return leat->directory() + "/data"; }

  // Damages the largest segment of orders in its middle.
  void flip_a_byte() {
    std::string largest;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(data_dir() + "/log/segments")) {
      std::string path = entry.path();
      if (path.find("public.orders-") == std::string::npos || !path.ends_with(".log")) continue;
      if (largest.empty() || entry.file_size() > std::filesystem::file_size(largest))
        largest = path;
    }
    REQUIRE_FALSE(largest.empty());
    std::fstream file(largest, std::ios::in | std::ios::out | std::ios::binary);
    auto middle = static_cast<std::streamoff>(std::filesystem::file_size(largest) / 2);
    file.seekg(middle);
    int byte = file.get();
    file.seekp(middle);
    file.put(static_cast<char>(byte ^ 1));
    REQUIRE(file.good());
  }

  // A new snapshot, and the view built over it.
  void resnapshot() {
    CHECK_THAT(run({"source", "resnapshot", "shop"}), Contains("copying its tables anew"));
    for (int i = 0; i < 600 && run({"topic", "list"}).find("ready") == std::string::npos; ++i) {
      std::this_thread::sleep_for(50ms);
    }
  }

  std::unique_ptr<PostgresServer> source;
  std::unique_ptr<PostgresClient> client;
  std::unique_ptr<LeatServer> leat;
};

}  // namespace

TEST_CASE("TopicsAreCreatedAlteredDescribedAndDeletedWhileLeatRuns") {
  Orders orders;
  CHECK_THAT(
      orders.run({"topic", "create", "clicks", "--columns", "page text", "--partitions", "3"}),
      Contains("clicks: created with 3 partitions"));
  CHECK_THAT(orders.run({"topic", "alter", "clicks", "retention=1d", "codec=lz4"}),
             Contains("altered"));
  std::string described = orders.run({"topic", "describe", "clicks"});
  CHECK_THAT(described, Contains("clicks · stream · generation"));
  CHECK_THAT(described, Contains("retention        1d"));
  CHECK_THAT(described, Contains("codec            lz4"));
  CHECK_THAT(described, Contains("PASSED CUT"));
  CHECK_THAT(orders.run({"topic", "alter", "clicks", "compaction_lag_min=1h"}),
             Contains("a setting of table topics"));
  CHECK_THAT(orders.run({"topic", "delete", "shop.public.orders", "--yes"}),
             Contains("source shop writes shop.public.orders"));
  CHECK_THAT(orders.run({"topic", "delete", "clicks"}), Contains("give --yes"));
  CHECK_THAT(orders.run({"topic", "delete", "clicks", "--yes"}), Contains("clicks: deleted"));
  CHECK(orders.run({"topic", "list"}).find("clicks") == std::string::npos);
  orders.stop();
  CHECK_THAT(orders.run({"topic", "alter", "shop.public.orders", "codec=lz4"}),
             Contains("altered"));
  CHECK_THAT(orders.run({"topic", "describe", "shop.public.orders"}), Contains("lz4"));
}

TEST_CASE("ADroppedViewHoldsNothingBackAfterACrashEither") {
  Orders orders;
  orders.stop();  // a checkpoint that has the view's floor
  orders.leat->remove_view(kSum.name);
  orders.start();
  CHECK_THAT(orders.run({"topic", "describe", "shop.public.orders"}), Contains("views.0"));
  REQUIRE(orders.leat->run_command({"view", "drop", kSum.name}).ok());
  orders.leat->kill_hard();
  orders.start();
  std::string described = orders.run({"topic", "describe", "shop.public.orders"});
  CHECK_THAT(described, Contains("rows.shop") && !Contains("views."));
}

TEST_CASE("ABackupMadeWhileLeatRunsVerifiesAndItsRestoreAnswersAsOfThen") {
  Orders orders;
  std::string backup = orders.leat->directory() + "/backup";
  CHECK_THAT(orders.run({"log", "backup", backup}), Contains("cut "));
  CHECK_THAT(orders.run({"log", "verify", backup}), Contains("sound"));
  CHECK_THAT(orders.run({"log", "backup", backup}), Contains("is not empty"));
  CHECK_THAT(orders.run({"log", "verify"}), Contains("verify a copy of it (leat log backup DIR)"));
  CHECK_THAT(orders.run({"log", "dump", "--topic", "shop.public.orders"}),
             Contains("dump a copy of it"));
  orders.stop();
  CHECK_THAT(orders.run({"log", "verify"}), Contains("sound"));
  CHECK_THAT(orders.run({"log", "restore", backup, orders.data_dir()}), Contains("is not empty"));
  std::filesystem::rename(orders.data_dir(), orders.data_dir() + ".old");
  CHECK_THAT(orders.run({"log", "restore", backup, orders.data_dir()}), Contains("cut "));
  CHECK_THAT(orders.run({"log", "verify"}), Contains("sound"));
  orders.start();
  CHECK(orders.eventually("2000") == "2000");
}

TEST_CASE("ARestoredCopyThatIsOlderThanTheSlotIsRefusedAndAResnapshotGoesOn") {
  Orders orders;
  std::string backup = orders.leat->directory() + "/backup";
  CHECK_THAT(orders.run({"log", "backup", backup}), Contains("cut "));
  orders.execute("INSERT INTO orders VALUES (3000, 5)");
  CHECK(orders.eventually("2005") == "2005");
  orders.stop();  // acknowledges
  std::filesystem::remove_all(orders.data_dir());
  CHECK_THAT(orders.run({"log", "restore", backup, orders.data_dir()}), Contains("cut "));
  orders.start();
  CHECK(orders.eventually("2000") == "2000");
  std::string status;
  for (int i = 0; i < 200 && status.find("is ahead of this log") == std::string::npos; ++i) {
    status = orders.run({"status"});
    std::this_thread::sleep_for(20ms);
  }
  CHECK_THAT(status, Contains("is ahead of this log"));
  CHECK_THAT(status, Contains("leat source resnapshot shop"));
  orders.resnapshot();
  CHECK(orders.eventually("2005") == "2005");
}

TEST_CASE("AConsumerGoesOnBehindWhatItPrintedAlsoOverARestart") {
  Orders orders;
  auto cat = [&] {
    return orders.run({"topic", "cat", "shop.public.orders", "--consumer", "mirror"});
  };
  std::string first = cat();
  CHECK(std::count(first.begin(), first.end(), '\n') == 2000);
  CHECK(cat() == "");
  orders.execute("INSERT INTO orders VALUES (3000, 5)");
  CHECK(orders.eventually("2005") == "2005");
  CHECK_THAT(cat(), Contains("3000"));
  CHECK_THAT(orders.run({"consumer", "list"}), Contains("mirror    shop.public.orders"));
  orders.stop();
  CHECK(cat() == "");
  CHECK_THAT(orders.run({"consumer", "reset", "mirror"}), Contains("from the start"));
  std::string again = cat();
  CHECK(std::count(again.begin(), again.end(), '\n') == 2001);
  CHECK_THAT(orders.run({"consumer", "drop", "mirror"}), Contains("dropped"));
  CHECK_THAT(orders.run({"consumer", "drop", "mirror"}), Contains("no consumer mirror"));
}

TEST_CASE("ATopicIsCompactedOnRequestWithAndWithoutARunningLeat") {
  Orders orders;
  CHECK_THAT(orders.run({"topic", "list"}), Contains("SEGMENTS") && Contains("COMPACTION"));
  orders.execute("UPDATE orders SET amount = 2");
  CHECK(orders.eventually("4000") == "4000");
  orders.stop();  // the views flush: nothing is held back
  std::string done = orders.run({"log", "compact", "shop.public.orders"});
  CHECK_THAT(done, Contains("shop.public.orders: 2,000 of 4,000 records kept") &&
                       Contains("2,000 keys in ") && !Contains("wait for a reader"));
  CHECK_THAT(orders.run({"log", "compact", "shop.public.orders"}), Contains("nothing to compact"));
  CHECK_THAT(orders.run({"log", "verify"}), Contains("sound"));
  orders.start();
  CHECK(orders.eventually("4000") == "4000");
  orders.execute("UPDATE orders SET amount = 3");
  CHECK(orders.eventually("6000") == "6000");
  CHECK_THAT(orders.run({"log", "compact", "shop.public.orders"}),
             Contains("shop.public.orders: ") &&
                 (Contains("records kept") || Contains("wait for a reader")));
  CHECK_THAT(orders.run({"log", "compact", "nothing"}), Contains("there is no topic nothing"));
  CHECK(orders.eventually("6000") == "6000");
}

TEST_CASE("DumpShowsATopicAndFilesOfAStoppedLog") {
  Orders orders;
  orders.stop();
  CHECK_THAT(orders.run({"log", "dump", "--topic", "shop.public.orders"}),
             Contains("shop.public.orders-0 of generation"));
  CHECK_THAT(orders.run({"log", "dump", orders.data_dir() + "/log/CHECKPOINT"}),
             Contains("table topic shop.public.orders"));
}

TEST_CASE("ADamagedPartitionIsFoundAndHealedByANewSnapshot") {
  Orders orders;
  orders.stop();
  orders.flip_a_byte();
  std::string found = orders.run({"log", "verify"});
  CHECK_THAT(found, Contains("ended with status 1"));
  CHECK_THAT(found, Contains("leat source resnapshot shop"));
  CHECK_THAT(found, Contains("leat topic truncate-to shop.public.orders"));
  orders.start();
  orders.run({"topic", "cat", "shop.public.orders"});  // meets the damage
  CHECK_THAT(orders.run({"status"}), Contains("shop.public.orders: partition ") &&
                                         Contains(" is damaged: ") &&
                                         Contains("then: leat source resnapshot shop"));
  orders.resnapshot();
  orders.execute("INSERT INTO orders VALUES (3000, 7)");
  // The view cannot take back what it cannot read any more, and builds itself anew.
  CHECK(orders.eventually("2007") == "2007");
}

TEST_CASE("ATruncatedTopicStaysStoppedUntilItsSnapshot") {
  Orders orders;
  orders.stop();
  orders.flip_a_byte();
  std::string found = orders.run({"log", "verify"});
  size_t at = found.find("truncate-to shop.public.orders ");
  REQUIRE(at != std::string::npos);
  std::istringstream words(found.substr(at));
  std::string word, topic, partition, offset;
  words >> word >> topic >> partition >> offset;
  CHECK_THAT(orders.run({"topic", "truncate-to", topic, partition, offset}), Contains("--yes"));
  CHECK_THAT(orders.run({"topic", "truncate-to", topic, partition, offset, "--yes"}),
             Contains("truncated"));
  CHECK_THAT(orders.run({"log", "verify"}), Contains("generation that was replaced"));
  CHECK_THAT(orders.run({"topic", "list"}), Contains("stopped"));
  orders.leat->write_view({"late", "SELECT count(*) AS n FROM orders"});
  Status started = orders.leat->start();
  REQUIRE(started.ok());
  auto deadline = std::chrono::steady_clock::now() + 60s;
  while (orders.run({"status"}).find("late") == std::string::npos &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(20ms);
  }
  // What is left of the topic is no table: nobody is shown a view that was built from it.
  std::string answer = orders.run({"query", "SELECT sum(amount) FROM sums"});
  CHECK_THAT(answer, Contains("has stopped") || Contains("2000"));
  CHECK_THAT(orders.run({"status"}), Contains("late") && Contains("is not whole"));
  orders.resnapshot();
  CHECK(orders.eventually("2000") == "2000");
  CHECK(orders.run({"view", "rebuild", "sums"}).find("error") == std::string::npos);
  CHECK(orders.eventually("2000") == "2000");
}
