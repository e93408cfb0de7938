#include "views/serve/http.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/serve/client.h"
#include "tests/support/process.h"

namespace leat::views::serve {
namespace {

using Catch::Contains;
using Catch::EndsWith;
using Catch::StartsWith;
using test::Client;

struct Fixture {
  HttpServer server;
  uint16_t port = 0;

  explicit Fixture(HttpLimits limits = {}) : server(limits) {
    server.route("GET", "/health", [](const HttpRequest&) { return HttpResponse::text("ok\n"); });
    server.route("POST", "/echo",
                 [](const HttpRequest& request) { return HttpResponse::text(request.body); });
    server.stream("GET", "/topics/{name}/records", "application/x-ndjson",
                  [](const HttpRequest& request, HttpStream& stream) -> Status {
                    const std::string& name = request.params.at("name");
                    if (name == "none") return Error::permanent("no topic none");
                    LEAT_RETURN_IF_ERROR(stream.write(name + "\n"));
                    if (request.query.count("fail") != 0) return Error::permanent("broke");
                    while (request.query.count("follow") != 0 && !stream.closing()) {
                      std::this_thread::sleep_for(std::chrono::milliseconds(5));
                    }
                    return stream.write(request.query.count("from") != 0 ? request.query.at("from")
                                                                         : std::string("end"));
                  });
    auto listening = server.listen_tcp("127.0.0.1", 0);
    REQUIRE(listening.ok());
    port = *listening;
  }

  std::string exchange(std::string_view request) {
    Client client(port);
    client.send(request);
    return client.read_to_end();
  }
  std::string get(const std::string& target) {
    return exchange("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  }
};

TEST_CASE("GetAnswersWithTheHandlersBody") {
  Fixture fixture;
  std::string answer = fixture.get("/health");
  CHECK_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n") && EndsWith("\r\n\r\nok\n"));
}

TEST_CASE("PostBodyThatComesInPiecesReachesTheHandlerWhole") {
  Fixture fixture;
  Client client(fixture.port);
  client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Le");
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  client.send("ngth: 6\r\n\r\nabc");
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  client.send("def");
  CHECK_THAT(client.read_until("abcdef"), EndsWith("abcdef"));
}

TEST_CASE("OneConnectionCarriesSeveralRequestsAlsoPipelined") {
  Fixture fixture;
  std::string one = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
  std::string last = "POST /echo HTTP/1.0\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nlast";
  std::string answers = fixture.exchange(one + one + last);
  CHECK_THAT(answers, EndsWith("last"));
  size_t first = answers.find("ok\n");
  CHECK(answers.find("ok\n", first + 1) != std::string::npos);
}

TEST_CASE("StreamIsChunkedAndKnowsItsParameters") {
  Fixture fixture;
  std::string answer = fixture.get("/topics/shop.public.orders/records?from=a%20b");
  CHECK_THAT(answer, Contains("Transfer-Encoding: chunked") &&
                         EndsWith("13\r\nshop.public.orders\n\r\n3\r\na b\r\n0\r\n\r\n"));
}

TEST_CASE("StreamThatFailsFirstIsARefusalAndLaterIsCutOff") {
  Fixture fixture;
  CHECK_THAT(fixture.get("/topics/none/records"),
             StartsWith("HTTP/1.1 400") && Contains("no topic none"));
  CHECK_THAT(fixture.get("/topics/x/records?fail"), EndsWith("x\n\r\n"));
}

TEST_CASE("FollowingStreamEndsWhenTheServerStops") {
  Fixture fixture;
  Client client(fixture.port);
  client.send("GET /topics/x/records?follow HTTP/1.1\r\nHost: localhost\r\n\r\n");
  client.read_until("x\n");
  fixture.server.stop();
  CHECK(client.read_to_end().find("0\r\n\r\n") == std::string::npos);
}

TEST_CASE("WhatIsNotThereOrNotHttpIsRefused") {
  Fixture fixture;
  CHECK_THAT(fixture.get("/nothing"), StartsWith("HTTP/1.1 404"));
  CHECK_THAT(fixture.get("/echo"), StartsWith("HTTP/1.1 405"));
  CHECK_THAT(fixture.get("/health?a=%zz"), StartsWith("HTTP/1.1 400"));
  CHECK_THAT(fixture.exchange("\x16\x03\x01 hello\r\n\r\n"), StartsWith("HTTP/1.1 400"));
}

TEST_CASE("RequestsOverTheLimitsAreRefused") {
  HttpLimits limits;
  limits.body_bytes_max = 10;
  Fixture fixture(limits);
  CHECK_THAT(
      fixture.exchange("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n"),
      StartsWith("HTTP/1.1 400"));
  CHECK_THAT(fixture.get("/health?" + std::string(20'000, 'a')), StartsWith("HTTP/1.1 400"));
}

TEST_CASE("HostNameOfElsewhereIsRefusedOnTcp") {
  Fixture fixture;
  CHECK_THAT(fixture.exchange("GET /health HTTP/1.1\r\nHost: evil.example:8080\r\n\r\n"),
             StartsWith("HTTP/1.1 403"));
}

TEST_CASE("ConnectionOverTheLimitIsToldSo") {
  HttpLimits limits;
  limits.sockets.connections_max = 1;
  Fixture fixture(limits);
  Client first(fixture.port);
  first.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  first.read_until("ok\n");
  Client second(fixture.port);
  CHECK_THAT(second.read_to_end(), StartsWith("HTTP/1.1 503"));
}

TEST_CASE("UnixSocketAnswersAndReplacesOneThatAKilledProcessLeft") {
  test::TempDir dir;
  std::string path = dir / "leat.sock";
  {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(::bind(dead, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address) ==
            0);
    ::close(dead);
  }
  Fixture fixture;
  REQUIRE(fixture.server.listen_unix(path).ok());
  Client client(path);
  client.send("GET /health HTTP/1.0\r\nHost: leat\r\n\r\n");
  CHECK_THAT(client.read_to_end(), EndsWith("ok\n"));

  HttpServer second;
  CHECK_THAT(second.listen_unix(path).error().message(), Contains("another process listens"));
}

TEST_CASE("HttpRefusesToListenBeyondLoopback") {
  HttpServer server;
  CHECK_THAT(server.listen_tcp("0.0.0.0", 0).error().message(), Contains("no authentication"));
}

}  // namespace
}  // namespace leat::views::serve
