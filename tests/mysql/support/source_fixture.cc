#include "tests/mysql/support/source_fixture.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "cdc/mysql/stream_position.h"
#include "log/base/clock.h"

namespace leat::test {
namespace {

constexpr auto kPatience = std::chrono::seconds(120);

int next_number() {
  static std::atomic<int> next{1};
  return next.fetch_add(1);
}

}  // namespace

SourceFixture::SourceFixture(MysqlServer* server, const std::string& setup) : server_(server) {
  int number = next_number();
  database_ = "db" + std::to_string(number);
  reconnect();
  execute("CREATE DATABASE " + database_ + " CHARACTER SET utf8mb4; USE " + database_ +
          "; CREATE TABLE marker (id int AUTO_INCREMENT PRIMARY KEY); " + setup);
  config.name = "shop_" + database_;
  config.connect.host = "127.0.0.1";
  config.connect.port = static_cast<uint16_t>(server->port());
  config.connect.user = "root";
  config.connect.tls = cdc::mysql::TlsMode::off;
  config.tables = {database_ + ".*"};
  config.server_id = 88000 + static_cast<uint32_t>(number);
  config.spill_dir = dir_ / "spill";
}

SourceFixture::~SourceFixture() {
  stop();
}

void SourceFixture::reconnect() {
  auto client = MysqlClient::connect(server_->port());
  if (!client.ok()) FAIL(client.error().message());
  client_ = std::move(*client);
  (void)client_->execute("USE " + database_);  // it is there from the first use on
}

void SourceFixture::move_to(MysqlServer* server) {
  server_ = server;
  config.connect.port = static_cast<uint16_t>(server->port());
  reconnect();
}

void SourceFixture::execute(const std::string& statements) {
  Status done = client_->execute(statements);
  INFO(statements.substr(0, 400));
  if (!done.ok()) FAIL(done.error().message());
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
  source_ = cdc::mysql::make_mysql_source(config, *log_, {store_.get(), store::TableId(0)});
  source_->start();
}

void SourceFixture::stop() {
  source_.reset();
  store_.reset();
  if (log_ != nullptr) REQUIRE(log_->close().ok());
  log_.reset();
}

void SourceFixture::wait_until(const std::string& what, const std::function<bool()>& done) {
  auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!done()) {
    cdc::SourceStatus status = source_ != nullptr ? source_->status() : cdc::SourceStatus();
    INFO("waiting for " << what << ": " << to_text(status.state) << ": " << status.last_error);
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

bool SourceFixture::log_has(const std::string& gtids) {
  auto state = log_->state();
  auto found = state->source_positions.find(config.name);
  if (found == state->source_positions.end()) return false;
  auto stored = cdc::mysql::decode_stream_position(found->second);
  REQUIRE(stored.ok());
  const cdc::mysql::Position& taken = stored->taken;
  if (server_->kind() == MysqlKind::mariadb) {
    return taken.mariadb_gtids.contains(cdc::mysql::MariadbGtids::parse(gtids).value());
  }
  return taken.gtids.contains(cdc::mysql::GtidSet::parse(gtids).value());
}

void SourceFixture::catch_up() {
  execute("INSERT INTO marker VALUES ()");
  bool mariadb = server_->kind() == MysqlKind::mariadb;
  auto gtids = client_->value(mariadb ? "SELECT @@gtid_binlog_pos" : "SELECT @@gtid_executed");
  REQUIRE(gtids.ok());
  wait_until("the log to reach " + *gtids, [&] {
    REQUIRE(source_->status().state != cdc::SourceState::stopped);
    return log_has(*gtids);
  });
}

void SourceFixture::wait_for_state(cdc::SourceState state) {
  wait_until(std::string("state ") + to_text(state),
             [&] { return source_->status().state == state; });
}

std::string SourceFixture::wait_for_stopped(const std::string& table) {
  std::string reason;
  wait_until(table + " to stop", [&] {
    for (const cdc::StoppedTable& stopped : source_->status().stopped_tables) {
      if (stopped.table == database_ + "." + table) reason = stopped.reason;
    }
    return !reason.empty();
  });
  return reason;
}

std::vector<TopicChange> SourceFixture::changes(const std::string& table) {
  auto out = topic_changes(*log_, config.name + "." + database_ + "." + table);
  if (!out.ok()) FAIL(out.error().message());
  return std::move(*out);
}

std::vector<std::string> SourceFixture::table_rows(const std::string& table) {
  auto rows = client_->query("SELECT * FROM " + table);
  if (!rows.ok()) FAIL(rows.error().message());
  return rows_text(*rows);
}

void SourceFixture::wait_equal(const std::string& table) {
  wait_until(table + " to be equal", [&] {
    auto latest = latest_rows(changes(table));
    if (!latest.ok()) FAIL(table << ": " << latest.error().message());
    return *latest == table_rows(table);
  });
}

void SourceFixture::check_equal(const std::string& table) {
  auto latest = latest_rows(changes(table));
  if (!latest.ok()) FAIL(table << ": " << latest.error().message());
  CHECK(*latest == table_rows(table));
}

}  // namespace leat::test
