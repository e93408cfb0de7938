#include "tests/postgres/support/source_fixture.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "cdc/postgres/lsn.h"
#include "log/base/bytes.h"
#include "log/base/clock.h"

namespace leat::cdc::test {
namespace {

using leat::test::PostgresClient;
using leat::test::PostgresServer;

constexpr auto kPatience = std::chrono::seconds(120);

std::string unique_database() {
  static std::atomic<int> next{1};
  return "db" + std::to_string(next.fetch_add(1));
}

}  // namespace

PostgresServer& shared_server() {
  static std::unique_ptr<PostgresServer> server = [] {
    leat::test::PostgresOptions options;
    options.settings = {"max_replication_slots = 100", "max_wal_senders = 100",
                        "logical_decoding_work_mem = 64kB"};
    auto started = PostgresServer::start(options);
    REQUIRE(started.ok());
    return std::move(*started);
  }();
  return *server;
}

SourceFixture::SourceFixture(const std::string& setup, const std::string& database_options)
    : database_(unique_database()) {
  auto admin = PostgresClient::connect(shared_server().uri());
  REQUIRE(admin.ok());
  REQUIRE((*admin)->execute("CREATE DATABASE " + database_ + " " + database_options).ok());
  auto client = PostgresClient::connect(shared_server().uri(database_));
  REQUIRE(client.ok());
  client_ = std::move(*client);
  execute("SET timezone = 'UTC'; CREATE TABLE marker (id serial PRIMARY KEY); " + setup);
  // Slots are the server's, not the database's: each fixture needs a name of its own.
  config.name = "shop_" + database_;
  config.uri = shared_server().uri(database_);
  config.tables = {"public.*"};
  config.spill_dir = dir_ / "spill";
  config.catalog_poll_interval = std::chrono::milliseconds(500);
}

SourceFixture::~SourceFixture() {
  stop();
}

void SourceFixture::execute(const std::string& statements) {
  Status done = client_->execute(statements);
  INFO(statements.substr(0, 400));
  if (!done.ok()) FAIL(done.error().message());
}

void SourceFixture::wait_until(const std::string& what, const std::function<bool()>& done) {
  auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!done()) {
    INFO("waiting for " << what);
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

void SourceFixture::source_polled() {
  std::this_thread::sleep_for(std::chrono::seconds(2));
}

void SourceFixture::reconnect() {
  auto client = PostgresClient::connect(shared_server().uri(database_));
  REQUIRE(client.ok());
  client_ = std::move(*client);
  execute("SET timezone = 'UTC'");
}

void SourceFixture::start() {
  auto opened = log::LocalLog::open({Fs::posix(), Clock::system(), dir_ / "log"});
  if (!opened.ok()) FAIL(opened.error().message());
  log_ = std::move(*opened);
  store::StoreOptions options;
  options.path = dir_ / "state";
  options.tables = {"rows"};
  auto store = store::Store::open(options);
  if (!store.ok()) FAIL(store.error().message());
  store_ = std::move(*store);
  source_ = make_postgres_source(config, *log_, {store_.get(), store::TableId(0)});
  source_->start();
}

void SourceFixture::stop() {
  source_.reset();
  store_.reset();
  if (log_ != nullptr) REQUIRE(log_->close().ok());
  log_.reset();
}

void SourceFixture::wait_for_state(SourceState state) {
  (void)status_when(state);
}

SourceStatus SourceFixture::status_when(SourceState state) {
  SourceStatus status;
  wait_until(std::string("state ") + to_text(state), [&] {
    status = source_->status();
    return status.state == state;
  });
  return status;
}

std::string SourceFixture::wait_for_stopped(const std::string& table) {
  std::string reason;
  wait_until(table + " to stop", [&] {
    for (const StoppedTable& stopped : source_->status().stopped_tables) {
      if (stopped.table == table) reason = stopped.reason;
    }
    return !reason.empty();
  });
  return reason;
}

// What was committed before the marker ends below it.
void SourceFixture::catch_up() {
  auto text = client_->value("SELECT pg_current_wal_lsn()");
  REQUIRE(text.ok());
  Lsn target = parse_lsn(*text).value();
  execute("INSERT INTO marker DEFAULT VALUES");
  wait_until("the log to reach " + *text, [&] {
    auto state = log_->state();
    auto found = state->source_positions.find(config.name);
    SourceStatus status = source_->status();
    INFO(to_text(status.state) << ": " << status.last_error);
    REQUIRE(status.state != SourceState::stopped);
    if (found == state->source_positions.end()) return false;
    return Lsn(ByteReader(found->second).be<uint64_t>()) > target;
  });
}

std::vector<TopicChange> SourceFixture::changes(const std::string& table) {
  auto out = leat::test::topic_changes(*log_, config.name + ".public." + table);
  if (!out.ok()) FAIL(out.error().message());
  return std::move(*out);
}

std::vector<std::string> SourceFixture::table_rows(const std::string& table) {
  auto rows = client_->query("SELECT * FROM " + table);
  if (!rows.ok()) FAIL(rows.error().message());
  return leat::test::rows_text(*rows);
}

void SourceFixture::check_equal(const std::string& table) {
  auto latest = leat::test::latest_rows(changes(table));
  if (!latest.ok()) FAIL(table << ": " << latest.error().message());
  CHECK(*latest == table_rows(table));
}

}  // namespace leat::cdc::test
