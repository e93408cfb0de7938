// What a person gets wrong first: one clear line, and an exit status that is not 0.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/whole/support/leat_server.h"

using namespace leat;
using namespace leat::test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

// The exit status of `leat run` and what it printed.
struct Outcome {
  int status;
  std::string output;
};

Outcome run_to_its_end(LeatServer& leat) {
  Status started = leat.start();
  if (!started.ok()) FAIL(started.error().message());
  std::optional<int> status = leat.wait_exit(60s);
  if (!status) FAIL("leat run goes on: " << leat.log_tail());
  return {*status, leat.log_tail()};
}

std::unique_ptr<PostgresServer> server_with(const PostgresOptions& options,
                                            const std::string& sql) {
  auto server = PostgresServer::start(options);
  if (!server.ok()) FAIL(server.error().message());
  auto client = PostgresClient::connect((*server)->socket_uri());
  if (!client.ok()) FAIL(client.error().message());
  Status done = (*client)->execute(sql);
  if (!done.ok()) FAIL(done.error().message());
  return std::move(*server);
}

constexpr auto kProducts = "CREATE TABLE products (id int PRIMARY KEY, name text, price int)";

}  // namespace

// The configuration with another address for HTTP.
void listen_on(const LeatServer& leat, const std::string& address) {
  std::string path = leat.directory() + "/leat.yaml";
  std::ifstream in(path);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  std::string before = "127.0.0.1:" + std::to_string(leat.http_port());
  text.replace(text.find(before), before.size(), address);
  std::ofstream(path) << text;
}

TEST_CASE("AnAddressThatCannotBeListenedOnEndsTheStartInOneLineThatNamesIt") {
  LeatServer leat("postgresql://leat@127.0.0.1:1/shop", {});
  int runs = 0;
  auto ends_with = [&](const std::string& message) {
    Outcome outcome = run_to_its_end(leat);
    CHECK(outcome.status == 1);
    CHECK_THAT(outcome.output, Contains("listen.http: ") && Contains(message));
    CHECK(std::count(outcome.output.begin(), outcome.output.end(), '\n') == ++runs);  // in one file
  };
  int taken = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(leat.http_port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(taken, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(taken, 1) == 0);
  ends_with("Address already in use; end the process that does, or take another port");
  ::close(taken);
  listen_on(leat, "0.0.0.0:" + std::to_string(leat.http_port()));
  ends_with("not a loopback address");
}

TEST_CASE("UnreachableDatabaseEndsTheFirstStart") {
  int port = free_port();
  LeatServer leat("postgresql://leat@127.0.0.1:" + std::to_string(port) + "/shop", {});
  Outcome outcome = run_to_its_end(leat);
  CHECK(outcome.status != 0);
  CHECK_THAT(outcome.output, Contains("shop: cannot connect to 127.0.0.1:" + std::to_string(port) +
                                      "/shop: Connection refused. Is the server running there"));
}

TEST_CASE("WrongPasswordEndsTheFirstStartAndIsNotPrinted") {
  auto server = server_with({.settings = {}, .authentication = "scram-sha-256"},
                            "CREATE ROLE leat LOGIN REPLICATION PASSWORD 'the right one'");
  LeatServer leat("postgresql://leat:secret-but-wrong@127.0.0.1:" + std::to_string(server->port()) +
                      "/postgres",
                  {});
  Outcome outcome = run_to_its_end(leat);
  CHECK(outcome.status != 0);
  CHECK_THAT(outcome.output, Contains("shop: cannot connect to 127.0.0.1:") &&
                                 Contains("password_file") && Contains("PGPASSWORD"));
  CHECK_THAT(outcome.output, !Contains("28P01"));
  CHECK_THAT(outcome.output, !Contains("secret-but-wrong"));
}

TEST_CASE("WalLevelReplicaEndsTheFirstStartWithTheStatementThatMendsIt") {
  auto server =
      server_with({.settings = {"wal_level = replica"}, .authentication = "trust"}, kProducts);
  LeatServer leat(server->uri(), {});
  Outcome outcome = run_to_its_end(leat);
  CHECK(outcome.status != 0);
  CHECK_THAT(outcome.output, Contains("wal_level") && Contains("ALTER SYSTEM SET wal_level"));
}

TEST_CASE("ViewOverAnUnknownColumnEndsTheFirstStartAtItsPlace") {
  auto server = server_with({}, kProducts);
  LeatServer leat(server->uri(), {{"bad", "SELECT p.id, p.prize FROM products p"}});
  Outcome outcome = run_to_its_end(leat);
  CHECK(outcome.status != 0);
  CHECK_THAT(outcome.output, Contains("bad.sql:2:14: column p.prize does not exist") &&
                                 Contains("id, name, price"));
}

TEST_CASE("UnknownConfigurationKeyIsRefusedWithItsLineAndTheNearestKey") {
  LeatServer leat("postgresql://leat@127.0.0.1/shop", {});
  std::ofstream(leat.directory() + "/leat.yaml", std::ios::app) << "memory_limt: 1GB\n";
  Outcome outcome = run_to_its_end(leat);
  CHECK(outcome.status != 0);
  CHECK_THAT(outcome.output,
             Contains("leat.yaml:10: unknown key 'memory_limt'") && Contains("memory_limit"));
}

TEST_CASE("AddressThatLibpqRefusesIsAMistakeOfTheConfiguration") {
  LeatServer leat("postgresql://leat:hush@127.0.0.1/shop?sslmod=require", {});
  Outcome outcome = run_to_its_end(leat);
  CHECK(outcome.status == 2);
  CHECK_THAT(outcome.output, Contains("leat.yaml:") && Contains("sources.shop.postgres") &&
                                 Contains("invalid URI query parameter: \"sslmod\""));
  CHECK_THAT(outcome.output, !Contains("hush"));
}

TEST_CASE("MissingConfigurationFileIsNamed") {
  LeatServer leat("postgresql://leat@127.0.0.1/shop", {});
  REQUIRE(std::remove((leat.directory() + "/leat.yaml").c_str()) == 0);
  Outcome outcome = run_to_its_end(leat);
  CHECK(outcome.status != 0);
  CHECK_THAT(outcome.output, Contains("leat.yaml") && Contains("No such file"));
}

TEST_CASE("MisspelledCommandIsAnsweredWithTheNearest") {
  LeatServer leat("postgresql://leat@127.0.0.1/shop", {});
  for (const auto& [words, nearest] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"stats"}, "leat has no command 'stats'; did you mean 'status'?"},
           {{"topic", "lst"}, "leat topic has no command 'lst'; did you mean 'list'?"}}) {
    auto refused = leat.run_command(words);
    REQUIRE_FALSE(refused.ok());
    CHECK_THAT(refused.error().message(), Contains(nearest));
  }
}
