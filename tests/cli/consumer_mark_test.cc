#include "cli/control/consumer_mark.h"

#include <catch2/catch.hpp>

#include "cli/control/admin_routes.h"
#include "cli/control/client.h"
#include "cli/topics/consumers.h"
#include "tests/support/process.h"

namespace leat::cli {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("MarksComeBackAsTheyWereWritten") {
  ConsumerMark mark{CutId(7), GenerationId(2), 0x0f3a61c20b5e9d47};
  std::string line = mark_line(mark);
  CHECK(line == "{\"cut\":7,\"generation\":2,\"log\":\"0f3a61c20b5e9d47\"}\n");
  CHECK(is_mark(line));
  auto read = parse_mark(line);
  REQUIRE(read.ok());
  CHECK(*read == mark);
}

TEST_CASE("WhatIsNoMarkIsAnError") {
  CHECK_FALSE(parse_mark("").ok());
  CHECK_FALSE(parse_mark("{\"cut\":7,\"generation\":2}").ok());
  CHECK_FALSE(parse_mark("{\"cut\":\"7\",\"generation\":2,\"log\":\"00\"}").ok());
  CHECK_FALSE(parse_mark("{\"cut\":7,\"generation\":2,\"log\":\"xyz\"}").ok());
}

TEST_CASE("AMarkThatAnotherLogGaveIsRefused") {
  test::TempDir dir;
  Config config = *parse_config("leat.yaml", "sources: {shop: {postgres: postgresql://x/y}}\n");
  auto log =
      *log::LocalLog::open({.fs = Fs::posix(), .clock = Clock::system(), .dir = dir / "log"});
  TopicAppender appender(*log, Clock::system());
  NewTopic clicks{"clicks", log::TopicKind::stream, 1, "id bigint", "", {}};
  REQUIRE(create_topic(*log, config, clicks).ok());
  REQUIRE(appender.append("clicks", "{\"id\":1}\n", 1).ok());
  REQUIRE(open_consumer(*log, "mirror", "clicks").ok());
  views::serve::HttpServer server;
  register_consumer_routes(server, *log);
  REQUIRE(server.listen_unix(control_socket_path(dir.path())).ok());
  auto client = *ControlClient::connect(dir.path());

  auto given = client->get("/consumers/mirror/records?topic=clicks");
  REQUIRE(given.ok());
  std::string last = given->substr(given->rfind('\n', given->size() - 2) + 1);
  REQUIRE(is_mark(last));
  ConsumerMark foreign = *parse_mark(last);
  foreign.incarnation ^= 1;
  auto refused = client->post("/consumers/mirror/commit", mark_line(foreign));
  REQUIRE_FALSE(refused.ok());
  CHECK_THAT(refused.error().message(),
             Contains("of another log") && Contains("leat consumer reset mirror"));
  CHECK(find_consumer(*log->state(), "mirror")->cut == CutId(0));
  CHECK(client->post("/consumers/mirror/commit", last).ok());
  CHECK(find_consumer(*log->state(), "mirror")->cut == parse_mark(last)->cut);
  server.stop();
}

}  // namespace
}  // namespace leat::cli
