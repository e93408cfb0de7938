#include "tests/mysql/support/copy_fixture.h"

#include <catch2/catch.hpp>

#include "log/model/change.h"
#include "tests/mysql/support/connect.h"
#include "tests/support/topic_changes.h"

namespace leat::test {

using namespace cdc::mysql;  // NOLINT: what is tested here
using cdc::TableIndex;

CopyFixture::CopyFixture(MysqlServer* at, const std::string& tables) : server(at) {
  admin = std::move(*MysqlClient::connect(server->port()));
  execute("DROP DATABASE IF EXISTS copied; CREATE DATABASE copied; USE copied; " + tables);
  config.name = "shop";
  config.connect = connect_options(*server);
  config.tables = {"copied.*"};
  config.server_id = 77'100;
  config.spill_dir = dir / "spill";
  auto opened = log::LocalLog::open({Fs::posix(), Clock::system(), dir / "log"});
  REQUIRE(opened.ok());
  log = std::move(*opened);
  store::StoreOptions options;
  options.path = dir / "store";
  options.tables = {"rows.shop"};
  auto made = store::Store::open(options);
  REQUIRE(made.ok());
  store = std::move(*made);
  cdc::RowStoreOptions row_options;
  row_options.store = store.get();
  row_options.reader_name = "rows.shop";
  row_options.overlay_dir = dir / "overlay";
  auto row_store = cdc::RowStore::open(row_options);
  REQUIRE(row_store.ok());
  rows = std::move(*row_store);
}

void CopyFixture::execute(const std::string& sql) {
  Status done = admin->execute(sql);
  if (!done.ok()) FAIL(done.error().message());
}

void CopyFixture::look() {
  auto client = Client::open(config.connect, &stop);
  REQUIRE(client.ok());
  facts = *read_server_facts(**client);
  plan = plan_captures(*read_tables(**client, config.tables), facts, config);
  REQUIRE(plan.refused.empty());
}

Result<Position> CopyFixture::copy() {
  SnapshotPlan work{&config, &stop, log.get(), rows.get(), &board, &facts, &plan};
  LEAT_ASSIGN_OR_RETURN(StreamPosition copied, copy_tables(work));
  return copied.taken;
}

Position CopyFixture::copied() {
  auto position = copy();
  for (int i = 0; !position.ok() && position.error().is_transient() && i < 20; ++i) {
    position = copy();
  }
  if (!position.ok()) FAIL(position.error().message());
  return *position;
}

CopyFixture::Rows CopyFixture::rows_of(uint32_t table) {
  const cdc::CapturedTable& captured = plan.tables[TableIndex(table)];
  Rows out;
  for (int32_t i = 0; i < captured.partition_count; ++i) {
    auto reader = log->read_partition({captured.generation, PartitionIndex(i)}, Offset(0));
    REQUIRE(reader.ok());
    while (true) {
      auto records = (*reader)->next(1 << 20);
      REQUIRE(records.ok());
      if (records->empty()) break;
      for (const log::RecordView& record : *records) {
        auto image = decode_change_value(*record.value);
        REQUIRE(image.ok());
        CHECK(out.emplace(record.key, image->row).second);  // no key stands twice
      }
    }
  }
  return out;
}

std::vector<std::string> CopyFixture::texts(uint32_t table, const Rows& from) {
  std::vector<std::string> out;
  for (const auto& [key, row] : from) {
    auto text = row_text(plan.tables[TableIndex(table)].row_type, row);
    REQUIRE(text.ok());
    out.push_back(std::move(*text));
  }
  return out;
}

std::vector<std::string> CopyFixture::server_texts(const std::string& sql) {
  auto read = admin->query(sql);
  REQUIRE(read.ok());
  std::vector<std::string> out;
  for (const TextRow& row : *read) out.push_back(row[0].value_or("\\N"));
  return out;
}

}  // namespace leat::test
