#include "log/store/state_unit.h"

#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <set>

#include "tests/support/process.h"
#include "tests/support/random.h"

namespace leat::store {
namespace {

using test::Random;
using test::TempDir;

constexpr TableId kState{0};
constexpr TableId kRows{1};
constexpr size_t kGroupBytes = 2;

// Key: a group of two bytes, then the rest.
using Contents = std::map<std::string, std::string>;

std::unique_ptr<Store> open_store(const TempDir& dir) {
  StoreOptions options;
  options.path = dir.path();
  options.block_cache_bytes = 8 << 20;
  options.tables = {"state", "rows"};
  return std::move(Store::open(options)).value();
}

std::unique_ptr<StateUnit> open_unit(Store& store, size_t resident_bytes_max) {
  StateUnitOptions options;
  options.store = &store;
  options.state_table = kState;
  options.flushed_with = {kRows};
  options.resident_bytes_max = resident_bytes_max;
  options.buffered_bytes_max = 64 << 10;
  return std::move(StateUnit::open(options)).value();
}

BufferedTable& table(StateUnit& unit, std::string_view name = "t") {
  return *unit.table(name, Grouping::by_group).value();
}

void put(BufferedTable& table, std::string_view key, std::string_view value) {
  table.put(key, kGroupBytes, value);
}

void flush(StateUnit& unit, std::string position) {
  REQUIRE(unit.begin_flush(std::move(position)).ok());
  REQUIRE(unit.wait_flush().ok());
}

Contents contents(const BufferedTable& table) {
  Contents out;
  auto status = table.scan_all([&](size_t, std::string_view key, std::string_view value) {
    CHECK(out.emplace(key, value).second);
  });
  REQUIRE(status.ok());
  return out;
}

std::string get(const BufferedTable& table, std::string_view key) {
  std::string out = "(none)";
  REQUIRE(table.get({&key, 1}, [&](size_t, std::string_view value) { out = value; }).ok());
  return out;
}

Contents group(const BufferedTable& table, std::string_view name) {
  Contents out;
  auto row = [&](size_t index, std::string_view key, std::string_view value) {
    CHECK(index == 0);
    CHECK(out.emplace(key, value).second);
  };
  REQUIRE(table.scan_groups({&name, 1}, row).ok());
  return out;
}

TEST_CASE("AFlushBringsTablesAndPositionToDiskTogether") {
  TempDir dir;
  auto store = open_store(dir);
  auto unit = open_unit(*store, 1 << 20);
  CHECK(unit->stored_position().empty());
  put(table(*unit), "aa1", "one");
  flush(*unit, "P1");
  put(table(*unit), "aa2", "two");
  CHECK(unit->flushed_position() == "P1");
  unit.reset();
  store.reset();
  store = open_store(dir);
  unit = open_unit(*store, 1 << 20);
  CHECK(unit->stored_position() == "P1");
  CHECK(contents(table(*unit)) == Contents{{"aa1", "one"}});
}

TEST_CASE("ChangesAfterTheBeginningOfAFlushAreNotInIt") {
  TempDir dir;
  auto store = open_store(dir);
  for (size_t resident_bytes_max : {size_t{0}, size_t{1} << 20}) {
    auto unit = open_unit(*store, resident_bytes_max);
    put(table(*unit), "aa1", "at the beginning");
    REQUIRE(unit->begin_flush("P").ok());
    put(table(*unit), "aa1", "later");
    table(*unit).erase("aa2", kGroupBytes);
    REQUIRE(unit->wait_flush().ok());
    CHECK(get(table(*unit), "aa1") == "later");
    unit.reset();
    store.reset();
    store = open_store(dir);
    CHECK(get(table(*open_unit(*store, 0)), "aa1") == "at the beginning");
  }
}

TEST_CASE("WhatIsStagedButNotFlushedIsGoneAfterACrash") {
  TempDir dir;
  auto store = open_store(dir);
  auto unit = open_unit(*store, 0);
  put(table(*unit), "aa1", "old");
  flush(*unit, "P1");
  for (int i = 0; i < 20000; ++i)
    put(table(*unit), "aa" + std::to_string(i), std::string(200, 'x'));
  CHECK(!unit->wants_flush());
  while (!unit->wants_flush()) put(table(*unit), "aa1", "new");
  CHECK(store->unsealed_bytes(kState) > 4 << 20);
  CHECK(get(table(*unit), "aa1") == "new");
  CHECK(get(table(*unit), "aa19999").size() == 200);
  unit.reset();
  store.reset();
  store = open_store(dir);
  unit = open_unit(*store, 0);
  CHECK(unit->stored_position() == "P1");
  CHECK(contents(table(*unit)) == Contents{{"aa1", "old"}});
}

TEST_CASE("ARequestedFlushIsDueOnceLittleIsLeftToWrite") {
  TempDir dir;
  auto store = open_store(dir);
  StateUnitOptions options;
  options.store = store.get();
  options.state_table = kState;
  auto unit = std::move(StateUnit::open(options)).value();
  put(table(*unit), "aa1", "one");
  CHECK(!unit->wants_flush());
  unit->request_flush();
  CHECK(unit->wants_flush());
  flush(*unit, "P");
  CHECK(!unit->wants_flush());
  for (int i = 0; i < 20000; ++i)
    put(table(*unit), "aa" + std::to_string(i), std::string(200, 'x'));
  unit->request_flush();
  CHECK(!unit->wants_flush());
  while (!unit->wants_flush()) put(table(*unit), "aa1", "new");
  flush(*unit, "P2");
  CHECK(unit->stats().flush_waits == 0);
}

TEST_CASE("RowsWrittenDirectlyAreInTheFlushAsTheyWereAtItsBeginning") {
  TempDir dir;
  auto store = open_store(dir);
  auto unit = open_unit(*store, 1 << 20);
  auto write_row = [&](std::string_view value) {
    WriteBatch batch(*store);
    batch.put(kRows, "row", value);
    batch.put(kRows, value, "");
    REQUIRE(store->write(batch).ok());
  };
  write_row("before");
  REQUIRE(unit->begin_flush("P").ok());
  write_row("after");
  REQUIRE(unit->wait_flush().ok());
  unit.reset();
  store.reset();
  store = open_store(dir);
  CHECK(store->get(kRows, "row").value() == "before");
  CHECK(!store->get(kRows, "after").value().has_value());
}

TEST_CASE("ATableThatOutgrowsItsRoomAnswersFromTheStore") {
  TempDir dir;
  auto store = open_store(dir);
  auto unit = open_unit(*store, 16 << 10);
  Contents model;
  for (int i = 0; i < 5000; ++i) {
    const std::string key = "g" + std::to_string(i % 10) + std::to_string(i);
    model[key] = std::to_string(i * 7);
    put(table(*unit), key, model[key]);
  }
  CHECK(table(*unit).complete());
  flush(*unit, "P1");
  CHECK(!table(*unit).complete());
  CHECK(table(*unit).bytes() == 0);
  table(*unit).erase("g00", kGroupBytes);
  model.erase("g00");
  CHECK(contents(table(*unit)) == model);
  CHECK(group(table(*unit), "g3").size() == 500);
  CHECK(group(table(*unit), "g0").size() == 499);
  flush(*unit, "P2");
  CHECK(contents(table(*unit)) == model);
}

TEST_CASE("AStoredTableThatFitsIsCompleteAfterReopening") {
  TempDir dir;
  auto store = open_store(dir);
  auto unit = open_unit(*store, 0);
  put(table(*unit), "aa1", "one");
  put(table(*unit), "bb1", "two");
  flush(*unit, "P");
  CHECK(!table(*unit).complete());
  unit = open_unit(*store, 1 << 20);
  CHECK(table(*unit).complete());
  CHECK(group(table(*unit), "aa") == Contents{{"aa1", "one"}});
}

TEST_CASE("ErasedTablesStayGoneOnceFlushed") {
  TempDir dir;
  auto store = open_store(dir);
  auto unit = open_unit(*store, 0);
  put(table(*unit, "view/a"), "aa1", "a");
  put(table(*unit, "view/b"), "aa1", "b");
  put(table(*unit, "other"), "aa1", "c");
  flush(*unit, "P1");
  REQUIRE(unit->erase_tables("view/").ok());
  CHECK(unit->table_names() == std::vector<std::string>{"other"});
  CHECK(contents(table(*unit, "view/a")).empty());
  flush(*unit, "P2");
  unit.reset();
  store.reset();
  store = open_store(dir);
  unit = open_unit(*store, 0);
  CHECK(unit->table_names() == std::vector<std::string>{"other", "view/a"});
  CHECK(contents(table(*unit, "view/a")).empty());
  CHECK(contents(table(*unit, "other")) == Contents{{"aa1", "c"}});
}

TEST_CASE("AUnitInMemoryFailsAtItsBound") {
  auto unit = StateUnit::in_memory(64 << 10);
  put(table(*unit), "aa1", "one");
  CHECK(unit->status().ok());
  CHECK(!unit->wants_flush());
  put(table(*unit), "aa2", std::string(100 << 10, 'x'));
  REQUIRE(!unit->status().ok());
  CHECK(!unit->status().error().is_transient());
}

TEST_CASE("RewrittenValuesAndErasedKeysDoNotPileUp") {
  auto unit = StateUnit::in_memory(size_t{1} << 30);
  for (int i = 0; i < 200000; ++i) {
    const std::string key = "aa" + std::to_string(i);
    put(table(*unit), key, std::string(100, 'x'));
    table(*unit).erase(key, kGroupBytes);
    put(table(*unit), "same", std::string(static_cast<size_t>(i % 100), 'x'));
  }
  CHECK(contents(table(*unit)).size() == 1);
  CHECK(table(*unit).bytes() < 4 << 20);
}

// Random operations against std::map, over flushes, crashes and changing bounds.
class ModelRun {
 public:
  explicit ModelRun(uint64_t seed) : random_(seed) { reopen(); }

  void run(int operations) {
    for (int i = 0; i < operations; ++i) {
      const size_t dice = random_.below(100);
      if (dice < 70) {
        change();
      } else if (dice < 85) {
        ask_groups();
      } else if (dice < 95) {
        ask_keys();
      } else if (dice < 98) {
        begin_flush();
      } else {
        between();
      }
    }
    CHECK(contents(*table_) == model_);
  }

 private:
  // The rows are written directly; the table of the unit holds the same.
  void write_row(const std::string& key, const std::string* value) {
    WriteBatch batch(*store_);
    if (value == nullptr) {
      batch.erase(kRows, key);
    } else {
      batch.put(kRows, key, *value);
    }
    REQUIRE(store_->write(batch).ok());
  }

  Contents rows() const {
    Contents out;
    for (auto cursor = store_->scan(kRows, "", ""); cursor->valid(); cursor->next()) {
      out.emplace(cursor->key(), cursor->value());
    }
    return out;
  }

  std::string random_group() {
    return std::string("g") + static_cast<char>('a' + random_.below(6));
  }
  std::string random_key() {
    // Some keys longer than the words that sorting looks at.
    std::string tail = std::to_string(random_.below(60));
    if (random_.one_in(3)) tail = std::string(18, 'k') + tail;
    return random_group() + tail;
  }

  void change() {
    for (size_t n = random_.below(20); n-- > 0;) {
      const std::string key = random_key();
      if (random_.one_in(3)) {
        model_.erase(key);
        table_->erase(key, kGroupBytes);
        write_row(key, nullptr);
      } else {
        model_[key] = std::string(random_.below(80), static_cast<char>('a' + random_.below(26)));
        put(*table_, key, model_[key]);
        write_row(key, &model_[key]);
      }
    }
  }

  void ask_groups() {
    std::set<std::string> names;
    for (size_t n = 1 + random_.below(4); n-- > 0;) names.insert(random_group());
    std::vector<std::string_view> groups(names.begin(), names.end());
    std::vector<Contents> found(groups.size());
    auto row = [&](size_t index, std::string_view key, std::string_view value) {
      CHECK(found[index].emplace(key, value).second);
    };
    REQUIRE(table_->scan_groups(groups, row).ok());
    for (size_t i = 0; i < groups.size(); ++i) {
      Contents expected;
      for (const auto& [key, value] : model_) {
        if (key.starts_with(groups[i])) expected.emplace(key, value);
      }
      CHECK(found[i] == expected);
    }
  }

  void ask_keys() {
    std::vector<std::string> keys;
    for (size_t n = 1 + random_.below(30); n-- > 0;) keys.push_back(random_key());
    std::vector<std::string_view> views(keys.begin(), keys.end());
    std::vector<std::optional<std::string>> found(keys.size());
    REQUIRE(table_->get(views, [&](size_t i, std::string_view value) { found[i] = value; }).ok());
    for (size_t i = 0; i < keys.size(); ++i) {
      const auto expected = model_.find(keys[i]);
      CHECK(found[i].has_value() == (expected != model_.end()));
      if (found[i]) CHECK(*found[i] == expected->second);
    }
  }

  void begin_flush() {
    const std::string position = std::to_string(++flushes_);
    at_position_[position] = model_;
    REQUIRE(unit_->begin_flush(position).ok());
    if (random_.one_in(2)) REQUIRE(unit_->wait_flush().ok());
  }

  void between() {
    if (random_.one_in(3)) return reopen();
    if (random_.one_in(3)) unit_->request_flush();
    if (unit_->wants_flush()) begin_flush();
    CHECK(contents(*table_) == model_);
  }

  // A crash: what was not flushed is gone.
  void reopen() {
    unit_.reset();
    store_.reset();
    store_ = open_store(dir_);
    unit_ = open_unit(*store_, random_.one_in(2) ? 4 << 10 : 1 << 20);
    table_ = &table(*unit_);
    model_ = at_position_[unit_->stored_position()];
    CHECK(contents(*table_) == model_);
    CHECK(rows() == model_);
  }

  Random random_;
  TempDir dir_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<StateUnit> unit_;
  BufferedTable* table_ = nullptr;
  Contents model_;
  int flushes_ = 0;
  std::map<std::string, Contents> at_position_{{"", {}}};
};

TEST_CASE("RandomChangesFlushesAndCrashesAgreeWithAMap") {
  const uint64_t seed = test::seed();
  INFO("LEAT_SEED=" << seed);
  for (uint64_t i = 0; i < 4; ++i) ModelRun(seed + i).run(1500);
}

}  // namespace
}  // namespace leat::store
