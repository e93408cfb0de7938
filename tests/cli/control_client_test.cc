#include <catch2/catch.hpp>

#include "cli/control/client.h"
#include "tests/support/process.h"
#include "views/serve/http.h"

namespace leat::cli {
namespace {

using views::serve::HttpRequest;
using views::serve::HttpResponse;
using views::serve::HttpServer;
using views::serve::HttpStream;

// A process that answers on the socket of DIR.
struct Fixture {
  test::TempDir dir;
  HttpServer server;

  ControlClient start() {
    Status listening = server.listen_unix(control_socket_path(dir.path()));
    if (!listening.ok()) FAIL(listening.error().message());
    auto client = ControlClient::connect(dir.path());
    if (!client.ok()) FAIL(client.error().message());
    REQUIRE(client->has_value());
    return **client;
  }
};

TEST_CASE("NoProcessInTheDataDirectoryIsNoError") {
  test::TempDir dir;
  auto client = ControlClient::connect(dir.path());
  REQUIRE(client.ok());
  CHECK_FALSE(client->has_value());
}

TEST_CASE("SocketThatAKilledProcessLeftIsNoProcess") {
  Fixture fixture;
  (void)fixture.start();
  fixture.server.stop();
  auto client = ControlClient::connect(fixture.dir.path());
  REQUIRE(client.ok());
  CHECK_FALSE(client->has_value());
}

TEST_CASE("DataDirectoryTooDeepForASocketSaysSo") {
  auto client = ControlClient::connect("/" + std::string(200, 'd'));
  REQUIRE_FALSE(client.ok());
  CHECK(client.error().message().find("dddd/leat.sock") != std::string::npos);
}

TEST_CASE("GetAndPostReturnTheBody") {
  Fixture fixture;
  fixture.server.route("GET", "/topics/{name}", [](const HttpRequest& request) {
    return HttpResponse::json(request.params.at("name"));
  });
  fixture.server.route("POST", "/query", [](const HttpRequest& request) {
    return HttpResponse::json("<" + request.body + ">");
  });
  ControlClient client = fixture.start();
  auto got = client.get("/topics/shop.public.orders");
  REQUIRE(got.ok());
  CHECK(*got == "shop.public.orders");
  auto posted = client.post("/query", "SELECT 1");
  REQUIRE(posted.ok());
  CHECK(*posted == "<SELECT 1>");
}

TEST_CASE("ErrorOfTheProcessComesAsItsMessage") {
  Fixture fixture;
  fixture.server.route("GET", "/topics", [](const HttpRequest&) {
    return HttpResponse::error(404, "there is no topic x");
  });
  ControlClient client = fixture.start();
  auto got = client.get("/topics");
  REQUIRE_FALSE(got.ok());
  CHECK(got.error().message() == "there is no topic x");
}

TEST_CASE("StreamIsHandedOutToItsEnd") {
  Fixture fixture;
  fixture.server.stream("GET", "/records", "text/plain",
                        [](const HttpRequest&, HttpStream& stream) -> Status {
                          for (int i = 0; i < 1000; ++i) {
                            LEAT_RETURN_IF_ERROR(stream.write(std::string(300, 'x') + "\n"));
                          }
                          return {};
                        });
  ControlClient client = fixture.start();
  size_t bytes = 0;
  Status done = client.stream("/records", [&](std::string_view part) {
    bytes += part.size();
    return true;
  });
  if (!done.ok()) FAIL(done.error().message());
  CHECK(bytes == 301'000);
}

TEST_CASE("StreamThatBreaksOffIsAnError") {
  Fixture fixture;
  fixture.server.stream("GET", "/records", "text/plain",
                        [](const HttpRequest&, HttpStream& stream) -> Status {
                          LEAT_RETURN_IF_ERROR(stream.write("first\n"));
                          return Error::permanent("damaged");
                        });
  ControlClient client = fixture.start();
  std::string seen;
  Status done = client.stream("/records", [&](std::string_view part) {
    seen += part;
    return true;
  });
  CHECK(seen == "first\n");
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().message().find("leat stopped, and its answer ends here") == 0);
}

TEST_CASE("ReaderThatHasEnoughEndsTheStream") {
  Fixture fixture;
  fixture.server.stream("GET", "/records", "text/plain",
                        [](const HttpRequest&, HttpStream& stream) -> Status {
                          while (!stream.closing()) {
                            LEAT_RETURN_IF_ERROR(stream.write("more\n"));
                          }
                          return {};
                        });
  ControlClient client = fixture.start();
  int parts = 0;
  CHECK(client.stream("/records", [&](std::string_view) { return ++parts < 3; }).ok());
  CHECK(parts == 3);
}

}  // namespace
}  // namespace leat::cli
