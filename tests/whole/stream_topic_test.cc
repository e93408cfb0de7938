// A stream topic's life with the program as it is: made, appended to from files and pipes, read,
// and let go of by its retention.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <functional>
#include <thread>

#include "tests/whole/support/leat_server.h"

using namespace leat;
using namespace leat::test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

struct Streams {
  Streams() {
    auto started = PostgresServer::start();
    if (!started.ok()) FAIL(started.error().message());
    source = std::move(*started);
    auto client = *PostgresClient::connect(source->uri());
    REQUIRE(client->execute("CREATE TABLE orders (id int PRIMARY KEY)").ok());
    leat = std::make_unique<LeatServer>(source->uri(), std::vector<ViewFile>{});
    start();
  }

  void start() {
    REQUIRE(leat->start().ok());
    for (auto deadline = std::chrono::steady_clock::now() + 60s;
         run({"status"}).find("streaming") == std::string::npos;
         std::this_thread::sleep_for(50ms)) {
      if (std::chrono::steady_clock::now() > deadline) FAIL(leat->log_tail());
    }
  }

  // What the command prints, also where it fails.
  std::string run(const std::vector<std::string>& arguments) {
    auto output = leat->run_command(arguments);
    return output.ok() ? *output : output.error().message();
  }

  std::string write_file(int first, int count, size_t bytes) {
    std::string path = leat->directory() + "/events-" + std::to_string(first) + ".jsonl";
    std::ofstream file(path);
    for (int i = first; i < first + count; ++i) {
      file << "{\"id\":" << i << ",\"page\":\"" << std::string(bytes, 'p') << "\"}\n";
    }
    return path;
  }

  std::string cat(const std::string& topic) { return run({"topic", "cat", topic}); }
  size_t events(const std::string& topic, const std::vector<std::string>& options = {}) {
    std::vector<std::string> arguments = {"topic", "cat", topic};
    arguments.insert(arguments.end(), options.begin(), options.end());
    std::string lines = run(arguments);
    return static_cast<size_t>(std::count(lines.begin(), lines.end(), '\n'));
  }

  // Whether the event is gone within the time; meanwhile DOES something now and then.
  bool loses(const std::string& topic, int id, const std::function<void()>& does) {
    const std::string wanted = "\"id\":" + std::to_string(id) + ",";
    for (auto deadline = std::chrono::steady_clock::now() + 240s;
         std::chrono::steady_clock::now() < deadline; std::this_thread::sleep_for(1s)) {
      if (cat(topic).find(wanted) == std::string::npos) return true;
      does();
    }
    return false;
  }

  std::unique_ptr<PostgresServer> source;
  std::unique_ptr<LeatServer> leat;
};

}  // namespace

TEST_CASE("EventsAreAppendedToAStreamTopicReadAndLetGoOfBySizeAndByTime", "[waits]") {
  Streams streams;
  const std::string columns = "id bigint not null, page text";
  CHECK_THAT(streams.run({"topic", "create", "timed", "--columns", columns, "--partitions", "1",
                          "--set", "segment_age=1min", "--set", "retention=1min"}),
             Contains("timed: created"));
  CHECK_THAT(streams.run({"topic", "create", "sized", "--columns", columns, "--partitions", "1",
                          "--set", "segment_bytes=1MB", "--set", "retention_bytes=2MB"}),
             Contains("sized: created"));
  CHECK_THAT(streams.run({"topic", "append", "timed", streams.write_file(0, 10, 10)}),
             Contains("timed: 10 records appended and durable, 1 commit"));

  CHECK_THAT(streams.run({"topic", "append", "sized", streams.write_file(100, 600, 10'000)}),
             Contains("sized: 600 records appended and durable"));
  CHECK(streams.loses("sized", 100, [] {}));
  CHECK_THAT(streams.cat("sized"), Contains("\"id\":699,"));

  // Also where nothing more is appended.
  CHECK(streams.loses("timed", 0, [] {}));
}

TEST_CASE("ARefusedLineIsNamedAndWhatStandsBeforeItsBatchIsKept") {
  Streams streams;
  CHECK_THAT(streams.run({"topic", "create", "clicks", "--columns", "id int, page text"}),
             Contains("created"));
  std::string good = streams.write_file(1, 3'000, 1'000);
  std::ofstream(good, std::ios::app) << "{\"id\":\"x\"}\n";
  std::string refused = streams.run({"topic", "append", "clicks", good});
  CHECK_THAT(refused, Contains("line 3001: column id (integer) cannot be \"x\"") &&
                          Contains("records, up to line "));
  size_t kept = streams.events("clicks");
  CHECK(kept > 0);
  CHECK(kept < 3'000);
  CHECK_THAT(streams.run({"topic", "append", "shop.public.orders", good}),
             Contains("shop.public.orders is a table topic"));
  CHECK_THAT(streams.run({"topic", "append", "click", good}), Contains("did you mean clicks?"));
  CHECK_THAT(streams.run({"topic", "append", "clicks", "/nowhere"}), Contains("/nowhere: No such"));
  REQUIRE(streams.leat->terminate() == "");
  std::string more = streams.write_file(9'000, 5, 10);
  CHECK_THAT(streams.run({"topic", "append", "clicks", more}), Contains("5 records appended"));
  CHECK(streams.events("clicks") == kept + 5);
}

TEST_CASE("EventsAreReadByTimeAndByOffsetWithAndWithoutARunningLeat") {
  Streams streams;
  CHECK_THAT(streams.run({"topic", "create", "clicks", "--columns", "id int, page text",
                          "--partitions", "1"}),
             Contains("created"));
  CHECK_THAT(streams.run({"topic", "append", "clicks", streams.write_file(0, 10, 10)}),
             Contains("10 records appended"));
  for (int round = 0; round < 2; ++round) {
    CHECK(streams.events("clicks", {"--since", "1h"}) == 10);
    CHECK(streams.events("clicks", {"--since", "2100-01-01 00:00:00"}) == 0);
    CHECK(streams.events("clicks", {"--partition", "0", "--offset", "4"}) == 6);
    CHECK_THAT(streams.run({"topic", "cat", "clicks", "--partition", "1"}),
               Contains("topic clicks has no partition 1: they are 0 to 0"));
    CHECK_THAT(streams.run({"topic", "cat", "clicks", "--since", "noon"}),
               Contains("'noon' is no time: write how long ago"));
    if (round == 0) REQUIRE(streams.leat->terminate() == "");
  }
}
