// A disk that is really full: a small file system of its own, filled to the last block.
#include <catch2/catch.hpp>
#include <thread>

#include "tests/serve/client.h"
#include "tests/support/small_disk.h"
#include "tests/whole/support/leat_server.h"

using namespace leat;
using namespace leat::test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

std::string status_of(LeatServer& leat) {
  auto status = leat.run_command({"status"});
  return status.ok() ? *status : status.error().message();
}

// The status once it (does not) contain WHAT, or after a while.
std::string wait_status(LeatServer& leat, const std::string& what, bool there = true) {
  std::string last;
  for (auto deadline = std::chrono::steady_clock::now() + 60s;
       std::chrono::steady_clock::now() < deadline; std::this_thread::sleep_for(50ms)) {
    last = status_of(leat);
    if ((last.find(what) != std::string::npos) == there) break;
  }
  return last;
}

std::string metrics_of(LeatServer& leat) {
  Client http(leat.http_port());
  http.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  return http.read_to_end();
}

std::string count_of(LeatServer& leat) {
  auto client = PostgresClient::connect(leat.sql_uri());
  auto value = client.ok() ? (*client)->value("SELECT count(*) FROM notes_view") : client.error();
  return value.ok() ? *value : value.error().message();
}

std::string wait_count(LeatServer& leat, const std::string& expected) {
  std::string last;
  for (auto deadline = std::chrono::steady_clock::now() + 60s;
       std::chrono::steady_clock::now() < deadline; std::this_thread::sleep_for(20ms)) {
    last = count_of(leat);
    if (last == expected) break;
  }
  return last;
}

// A program over a table of 1000 notes, its data directory on a small disk.
struct Notes {
  // ROOM: what is kept for compaction.
  explicit Notes(const std::string& room) {
    auto started = PostgresServer::start();
    if (!started.ok()) FAIL(started.error().message());
    source = std::move(*started);
    client = *PostgresClient::connect(source->uri());
    execute(
        "CREATE TABLE notes (id int PRIMARY KEY, note text NOT NULL);"
        "INSERT INTO notes SELECT i, repeat('a', 100) FROM generate_series(1, 1000) i");
    leat = std::make_unique<LeatServer>(
        source->uri(), std::vector<ViewFile>{{"notes_view", "SELECT id, note FROM notes"}},
        "compaction: {room: " + room + "}\n");
    disk = std::make_unique<SmallDisk>(leat->directory() + "/data", "160m");
    if (!disk->mounted()) WARN("not run: only root may mount a file system");
  }

  void execute(const std::string& sql) {
    Status done = client->execute(sql);
    if (!done.ok()) FAIL(done.error().message());
  }
  void start() {
    Status live = leat->start();
    if (live.ok()) live = leat->wait_live(60s);
    if (!live.ok()) FAIL(live.error().message());
  }

  std::unique_ptr<PostgresServer> source;
  std::unique_ptr<PostgresClient> client;
  std::unique_ptr<LeatServer> leat;
  std::unique_ptr<SmallDisk> disk;
};

}  // namespace

TEST_CASE("FullDiskPausesVisiblyAndAllGoesOnByItselfWhenThereIsRoom") {
  Notes notes("0B");
  if (!notes.disk->mounted()) return;
  LeatServer& leat = *notes.leat;
  notes.start();
  CHECK(wait_count(leat, "1000") == "1000");

  // Not flushed yet when the room ends: within ten seconds that will be due.
  notes.execute("INSERT INTO notes VALUES (0, 'the last one')");
  CHECK(wait_count(leat, "1001") == "1001");
  notes.disk->fill(0);
  // Random text, so that nothing makes it small; more than the journal holds.
  notes.execute(
      "INSERT INTO notes SELECT i, (SELECT string_agg(md5((random() + j)::text || i::text), '')"
      " FROM generate_series(1, 40) j) FROM generate_series(1001, 13000) i");
  CHECK_THAT(wait_status(leat, "log: paused"),
             Contains("No space left on device") && Contains("Make room there"));
  CHECK_THAT(wait_status(leat, "state: waits"), Contains("No space left on device"));
  CHECK(count_of(leat) == "1001");
  CHECK_THAT(metrics_of(leat),
             Contains("leat_log_paused 1\n") && Contains("leat_state_paused 1\n"));
  CHECK_THAT(leat.log_tail(), Contains("log: paused: cannot"));

  notes.disk->make_room();
  CHECK(wait_count(leat, "13001") == "13001");
  CHECK_THAT(wait_status(leat, "paused", false), !Contains("paused"));
  CHECK_THAT(metrics_of(leat),
             Contains("leat_log_paused 0\n") && Contains("leat_state_paused 0\n"));
  notes.execute("DELETE FROM notes WHERE id <= 500");
  CHECK(wait_count(leat, "12500") == "12500");
  leat.kill_hard();
  notes.start();
  CHECK(wait_count(leat, "12500") == "12500");
  CHECK(leat.terminate() == "");
}

TEST_CASE("SourcesWaitWhereTheRoomThatIsKeptForCompactionBegins") {
  Notes notes("8MB");
  if (!notes.disk->mounted()) return;
  LeatServer& leat = *notes.leat;
  notes.start();
  CHECK(wait_count(leat, "1000") == "1000");
  notes.execute("UPDATE notes SET note = 'b'");
  notes.disk->fill(4 << 20);
  notes.execute("INSERT INTO notes VALUES (0, 'the last one')");
  CHECK_THAT(wait_status(leat, "log: paused"),
             Contains("are kept for compaction") && Contains("Make room there"));
  CHECK(count_of(leat) == "1000");
  auto compacted = leat.run_command({"log", "compact", "shop.public.notes"});
  REQUIRE(compacted.ok());
  CHECK_THAT(*compacted, Contains("shop.public.notes: "));
  notes.disk->make_room();
  CHECK(wait_count(leat, "1001") == "1001");
  CHECK(leat.terminate() == "");
}

TEST_CASE("WhatMakesRoomIsDoneAndLeatEndsWhereLargeTransactionsWaitForRoom") {
  Notes notes("60MB");
  if (!notes.disk->mounted()) return;
  LeatServer& leat = *notes.leat;
  notes.start();
  CHECK(wait_count(leat, "1000") == "1000");
  REQUIRE(leat.run_command({"topic", "create", "events", "--columns", "n int"}).ok());
  REQUIRE(leat.run_command({"topic", "cat", "shop.public.notes", "--consumer", "lag"}).ok());
  notes.disk->fill(50 << 20);
  for (int first : {2'000, 20'000, 40'000}) {  // in parts: the second begins behind the first
    notes.execute("INSERT INTO notes SELECT i, repeat(md5(i::text), 40) FROM generate_series(" +
                  std::to_string(first) + ", " + std::to_string(first + 9'999) + ") i");
  }
  CHECK_THAT(wait_status(leat, "log: paused"), Contains("are kept for compaction"));
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"consumer", "reset", "lag"},
        {"consumer", "drop", "lag"},
        {"topic", "delete", "events", "--yes"}}) {
    auto done = leat.run_command(command);
    CHECK((done.ok() ? "" : done.error().message()) == "");
  }
  CHECK_THAT(status_of(leat), Contains("log: paused"));
  CHECK(leat.terminate() == "");
  notes.disk->make_room();
  notes.start();
  CHECK(wait_count(leat, "31000") == "31000");
  CHECK(leat.terminate() == "");
}

// The source's thread waits in the paused log and cannot flush its row copies; nor need it.
TEST_CASE("CompactionMakesTheRoomThatASourceWithRowCopiesWaitsFor") {
  Notes notes("8MB");
  if (!notes.disk->mounted()) return;
  LeatServer& leat = *notes.leat;
  notes.start();
  CHECK(wait_count(leat, "1000") == "1000");
  for (int i = 0; i < 20; ++i) {  // a megabyte each
    notes.execute("UPDATE notes SET note = repeat(md5(random()::text), 160) WHERE id <= 200");
  }
  notes.execute("INSERT INTO notes VALUES (0, 'one more')");
  CHECK(wait_count(leat, "1001") == "1001");
  notes.disk->fill(6 << 20);
  notes.execute("INSERT INTO notes VALUES (-1, 'the last one')");
  CHECK_THAT(wait_status(leat, "log: paused"), Contains("are kept for compaction"));
  CHECK(wait_count(leat, "1002") == "1002");
  CHECK(leat.terminate() == "");
}

TEST_CASE("AStartOnAFullDiskAnswersOrWaitsAndGoesOnByItself") {
  Notes notes("0B");
  if (!notes.disk->mounted()) return;
  LeatServer& leat = *notes.leat;
  notes.start();
  CHECK(wait_count(leat, "1000") == "1000");
  notes.disk->fill(0);
  leat.kill_hard();
  // The only journal is in use: there is nothing to make room of.
  REQUIRE(leat.start().ok());
  for (int i = 0; i < 1200 && leat.log_text().find("begins by itself") == std::string::npos; ++i) {
    std::this_thread::sleep_for(50ms);
  }
  CHECK_THAT(leat.log_tail(), Contains("No space left on device"));
  notes.disk->make_room();
  CHECK(leat.wait_live(60s).ok());

  // Now there is a journal that can be used again.
  notes.disk->fill(0);
  leat.kill_hard();
  notes.start();
  CHECK(count_of(leat) == "1000");
  notes.disk->fill(0);
  notes.execute("INSERT INTO notes SELECT i, 'x' FROM generate_series(1001, 1010) i");
  notes.disk->make_room();
  CHECK(wait_count(leat, "1010") == "1010");
  CHECK(leat.terminate() == "");
}

TEST_CASE("LeatEndsWithoutAWordOfHarmWhileTheDiskIsFullAndViewsAreNotFlushed") {
  Notes notes("0B");
  if (!notes.disk->mounted()) return;
  LeatServer& leat = *notes.leat;
  notes.start();
  CHECK(wait_count(leat, "1000") == "1000");
  notes.execute("UPDATE notes SET note = repeat(md5(random()::text), 40)");
  notes.execute("INSERT INTO notes VALUES (0, 'not flushed')");
  CHECK(wait_count(leat, "1001") == "1001");
  notes.disk->fill(0);
  notes.execute("INSERT INTO notes SELECT i, 'x' FROM generate_series(1001, 1010) i");
  CHECK(leat.terminate() == "");
  CHECK_THAT(leat.log_tail(), Contains("no room"));
  notes.disk->make_room();
  notes.start();
  CHECK(wait_count(leat, "1011") == "1011");
  CHECK(leat.terminate() == "");
}
