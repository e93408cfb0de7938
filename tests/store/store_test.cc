#include "log/store/store.h"

#include <spdlog/fmt/fmt.h>

#include <catch2/catch.hpp>
#include <map>

#include "tests/support/process.h"

namespace leat::store {
namespace {

using test::TempDir;

constexpr TableId kRows{0};
constexpr TableId kState{1};

std::unique_ptr<Store> open_store(const TempDir& dir) {
  StoreOptions options;
  options.path = dir.path();
  options.block_cache_bytes = 8 << 20;
  options.tables = {"rows", "state"};
  auto store = Store::open(options);
  REQUIRE(store.ok());
  return std::move(store).value();
}

void put(Store& store, TableId table, std::string_view key, std::string_view value) {
  WriteBatch batch(store);
  batch.put(table, key, value);
  REQUIRE(store.write(batch).ok());
}

std::string get(const Store& store, TableId table, std::string_view key) {
  return store.get(table, key).value().value_or("(none)");
}

std::string all(std::unique_ptr<Cursor> cursor) {
  std::string out;
  for (; cursor->valid(); cursor->next()) {
    out.append(cursor->key()).append("=").append(cursor->value()).append(" ");
  }
  REQUIRE(cursor->status().ok());
  return out;
}

void flush(Store& store, std::vector<TableId> tables) {
  REQUIRE(store.flush(tables).ok());
}

TEST_CASE("ABatchWritesToSeveralTablesAtOnce") {
  TempDir dir;
  auto store = open_store(dir);
  WriteBatch batch(*store);
  batch.put(kRows, "a", "1");
  batch.put(kState, "a", "2");
  const std::string_view parts[] = {"a", "b", "c"};
  const std::string_view value_parts[] = {"3", "4"};
  batch.put(kState, parts, value_parts);
  CHECK(batch.count() == 3);
  CHECK(get(*store, kRows, "a") == "(none)");
  REQUIRE(store->write(batch).ok());
  CHECK(get(*store, kRows, "a") == "1");
  CHECK(get(*store, kState, "a") == "2");
  CHECK(get(*store, kState, "abc") == "34");
}

TEST_CASE("WhatWasNotFlushedIsGoneAfterReopening") {
  TempDir dir;
  auto store = open_store(dir);
  put(*store, kRows, "a", "flushed");
  flush(*store, {kRows, kState});
  put(*store, kRows, "a", "not flushed");
  put(*store, kState, "b", "not flushed");
  CHECK(store->unflushed_bytes() > 0);
  store.reset();
  store = open_store(dir);
  CHECK(get(*store, kRows, "a") == "flushed");
  CHECK(get(*store, kState, "b") == "(none)");
}

TEST_CASE("AFlushLeavesOtherTablesUnflushed") {
  TempDir dir;
  auto store = open_store(dir);
  put(*store, kRows, "a", "1");
  put(*store, kState, "a", "2");
  flush(*store, {kState});
  store.reset();
  store = open_store(dir);
  CHECK(get(*store, kRows, "a") == "(none)");
  CHECK(get(*store, kState, "a") == "2");
}

TEST_CASE("ManyBytesUnflushedStayUnflushed") {
  TempDir dir;
  auto store = open_store(dir);
  const std::string value(64 << 10, 'x');
  for (int i = 0; i < 2000; ++i) put(*store, kRows, std::to_string(i), value);
  CHECK(store->unflushed_bytes() > 100 << 20);
  CHECK(store->disk_bytes() == 0);
  store.reset();
  store = open_store(dir);
  CHECK(all(store->scan(kRows, "", "")) == "");
}

TEST_CASE("ScanGivesKeysInOrderFromAndUpTo") {
  TempDir dir;
  auto store = open_store(dir);
  for (const char* key : {"d", "a", "c", "b"}) put(*store, kRows, key, key);
  CHECK(all(store->scan(kRows, "", "")) == "a=a b=b c=c d=d ");
  CHECK(all(store->scan(kRows, "b", "d")) == "b=b c=c ");
}

TEST_CASE("APrefixIsGivenWholeAmongAnyNumberOfErasedKeys") {
  TempDir dir;
  auto store = open_store(dir);
  // Groups of ten keys; of most of them none is left, of others the first, the last or all.
  constexpr int kGroups = 200;
  for (int i = 0; i < kGroups * 10; ++i) put(*store, kRows, fmt::format("{:05}", i), "x");
  REQUIRE(store->flush(std::vector{kRows}).ok());
  auto is_left = [](int i) {
    int group = i / 10, place = i % 10;
    return group % 50 == 7 || (group % 50 == 20 && place == 0) || (group % 50 == 30 && place == 9);
  };
  WriteBatch batch(*store);
  for (int i = 0; i < kGroups * 10; ++i) {
    if (!is_left(i)) batch.erase(kRows, fmt::format("{:05}", i));
  }
  REQUIRE(store->write(batch).ok());
  auto cursor = store->prefix_cursor(kRows);
  put(*store, kRows, "00205", "later");  // the cursor is of before
  for (int group : {20, 7, 0, 107, 30, 199, 70, 80, 57}) {
    std::string expected, found;
    for (int i = group * 10; i < group * 10 + 10; ++i) {
      if (is_left(i)) expected += fmt::format("{:05} ", i);
    }
    for (cursor->seek(fmt::format("{:04}", group)); cursor->valid(); cursor->next()) {
      found += std::string(cursor->key()) + " ";
    }
    REQUIRE(cursor->status().ok());
    CHECK(found == expected);
  }
}

TEST_CASE("EraseRangeTakesKeysFromTheFirstAndBeforeTheLast") {
  TempDir dir;
  auto store = open_store(dir);
  for (const char* key : {"a", "b", "c", "d"}) put(*store, kRows, key, "");
  flush(*store, {kRows});
  WriteBatch batch(*store);
  batch.erase_range(kRows, "b", "d");
  batch.erase(kRows, "a");
  REQUIRE(store->write(batch).ok());
  CHECK(all(store->scan(kRows, "", "")) == "d= ");
}

TEST_CASE("ErasedRangesAndRowsMayMixInBatchesAndBetweenFlushes") {
  TempDir dir;
  auto store = open_store(dir);
  std::map<std::string, std::string> model;
  WriteBatch batch(*store);
  for (int i = 0; i < 4000; ++i) {
    const std::string key = std::to_string(1000 + i * 7919 % 1000);
    batch.put(kRows, key, "x");
    model[key] = "x";
    if (i % 5 == 0) {
      const std::string to = key.substr(0, 3) + "a";
      batch.erase_range(kRows, key, to);
      model.erase(model.lower_bound(key), model.lower_bound(to));
    }
    if (i % 3 != 0) continue;
    REQUIRE(store->write(batch).ok());
    batch.clear();
    if (i % 1000 == 0) flush(*store, {kRows});
  }
  REQUIRE(store->write(batch).ok());
  std::string expected;
  for (const auto& [key, value] : model) expected.append(key).append("=").append(value).append(" ");
  CHECK(all(store->scan(kRows, "", "")) == expected);
}

TEST_CASE("MultiGetNamesTheKeysThatAreThere") {
  TempDir dir;
  auto store = open_store(dir);
  std::vector<std::string> keys;
  for (int i = 1000; i < 1700; ++i) keys.push_back(std::to_string(i));
  for (size_t i = 0; i < keys.size(); i += 3) put(*store, kRows, keys[i], "v" + keys[i]);
  flush(*store, {kRows});
  std::vector<std::string_view> views(keys.begin(), keys.end());
  size_t found = 0;
  auto status = store->multi_get(kRows, views, [&](size_t index, std::string_view value) {
    CHECK(index % 3 == 0);
    CHECK(value == "v" + keys[index]);
    ++found;
  });
  REQUIRE(status.ok());
  CHECK(found == (keys.size() + 2) / 3);
}

TEST_CASE("ASnapshotKeepsWhatItSaw") {
  TempDir dir;
  auto store = open_store(dir);
  put(*store, kRows, "a", "old");
  auto snapshot = store->snapshot();
  put(*store, kRows, "a", "new");
  put(*store, kRows, "b", "new");
  flush(*store, {kRows});
  CHECK(snapshot->get(kRows, "a").value() == "old");
  CHECK(all(snapshot->scan(kRows, "", "")) == "a=old ");
  CHECK(get(*store, kRows, "a") == "new");
}

TEST_CASE("TablesNotNamedAtOpeningAreKept") {
  TempDir dir;
  auto store = open_store(dir);
  put(*store, kState, "a", "1");
  flush(*store, {kState});
  store.reset();
  StoreOptions options;
  options.path = dir.path();
  options.tables = {"other"};
  REQUIRE(Store::open(options).ok());
  store = open_store(dir);
  CHECK(get(*store, kState, "a") == "1");
}

TEST_CASE("AStoreThatIsOpenAlreadyIsRefusedByName") {
  TempDir dir;
  auto store = open_store(dir);
  StoreOptions options;
  options.path = dir.path();
  auto second = Store::open(options);
  REQUIRE(!second.ok());
  CHECK(second.error().message().find(dir.path()) != std::string::npos);
}

}  // namespace
}  // namespace leat::store
