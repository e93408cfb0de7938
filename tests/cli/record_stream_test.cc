#include "cli/control/record_stream.h"

#include <catch2/catch.hpp>

#include "cli/control/client.h"
#include "cli/topics/topic_admin.h"
#include "cli/topics/topic_append.h"
#include "log/local_log.h"
#include "tests/support/process.h"

namespace leat::cli {
namespace {

TEST_CASE("LinesAreTakenWholeAndTheLastOneMayBeTheStreamsError") {
  RecordLines lines;
  std::string taken;
  auto take = [&](std::string_view whole) {
    taken += whole;
    return true;
  };
  CHECK(lines.add("{\"before\":1}\n{\"bef", take));
  CHECK(taken == "{\"before\":1}\n");
  CHECK(lines.add("ore\":2}", take));
  CHECK_FALSE(lines.add("\n" + error_line(Error::permanent("topic \"x\" was deleted")), take));
  CHECK(taken == "{\"before\":1}\n{\"before\":2}\n");
  REQUIRE_FALSE(lines.status().ok());
  CHECK(lines.status().error().message() == "topic \"x\" was deleted");
}

// Who follows a topic that is deleted gets all that it held, and then the reason for the end.
TEST_CASE("AFollowerIsToldThatItsTopicWasDeleted") {
  test::TempDir dir;
  Config config = *parse_config("leat.yaml", "sources: {shop: {postgres: postgresql://x/y}}\n");
  auto log =
      *log::LocalLog::open({.fs = Fs::posix(), .clock = Clock::system(), .dir = dir / "log"});
  TopicAppender appender(*log, Clock::system());
  NewTopic clicks{"clicks", log::TopicKind::stream, 1, "id bigint", "", {}};
  REQUIRE(create_topic(*log, config, clicks).ok());
  REQUIRE(appender.append("clicks", "{\"id\":1}\n{\"id\":2}\n", 1).ok());

  views::serve::HttpServer server;
  server.stream("GET", "/records", "application/x-ndjson",
                [&](const views::serve::HttpRequest&, views::serve::HttpStream& stream) {
                  TopicLinesOptions options;
                  options.topic = "clicks";
                  options.follow = true;
                  return send_topic_lines(*log, options, Marks::between_cuts, stream);
                });
  REQUIRE(server.listen_unix(control_socket_path(dir.path())).ok());
  auto client = *ControlClient::connect(dir.path());
  RecordLines lines;
  std::string taken;
  bool is_deleted = false;
  Status streamed = client->stream("/records", [&](std::string_view bytes) {
    return lines.add(bytes, [&](std::string_view whole) {
      taken += whole;
      if (is_deleted || taken.find("\"id\":2") == std::string::npos) return true;
      is_deleted = true;
      REQUIRE(delete_topic(*log, config, {}, "clicks").ok());
      return true;
    });
  });
  CHECK(is_deleted);
  REQUIRE_FALSE(lines.status().ok());
  CHECK(lines.status().error().message() == "topic clicks was deleted");
  server.stop();
}

}  // namespace
}  // namespace leat::cli
