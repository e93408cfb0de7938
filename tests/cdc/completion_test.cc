#include "cdc/completion.h"

#include <catch2/catch.hpp>

#include "log/model/row.h"
#include "tests/cdc/memory_rows.h"
#include "tests/cdc/open_assembler.h"
#include "tests/support/process.h"

namespace leat::cdc {
namespace {

using leat::test::TempDir;
using test::MemoryRows;

// What completion gave, as one line a change: "TABLE key: before -> after", "-" for none.
class RecordingSink final : public ChangeSink {
 public:
  explicit RecordingSink(TableSet* tables) : tables_(tables) {}

  Status change(const CompleteChange& change) override {
    lines.push_back(std::string(change.key) + ": " + std::string(change.before.value_or("-")) +
                    " -> " + std::string(change.after.value_or("-")));
    return Ok();
  }
  void truncate(TableIndex table) override {
    lines.push_back("truncate");
    (*tables_)[table].generation = (*tables_)[table].generation.next();
  }
  void stop(TableIndex table, std::string reason) override {
    lines.push_back("stop: " + reason);
    (*tables_)[table].stopped_reason = std::move(reason);
  }

  std::vector<std::string> lines;

 private:
  TableSet* tables_;
};

class Fixture {
 public:
  Fixture() : assembler_(test::open_assembler(dir_)) {}

  TableIndex add_table(bool needs_row_store, bool key_is_deferrable = false) {
    CapturedTable table;
    table.generation = GenerationId(10 * (tables.size() + 1));
    table.row_type = {{TypeId::int32}, {TypeId::text}};
    table.needs_row_store = needs_row_store;
    table.key_is_deferrable = key_is_deferrable;
    return tables.add(table);
  }

  void add(const PendingChange& change) { REQUIRE(assembler_.add(TransactionId(1), change).ok()); }

  // Commits what was added.
  std::vector<std::string> complete() {
    RecordingSink sink(&tables);
    Completion completion(&tables, &rows);
    REQUIRE(completion.add(assembler_.take(TransactionId(1)), &sink).ok());
    REQUIRE(completion.finish(&sink).ok());
    return sink.lines;
  }

  TableSet tables;
  MemoryRows rows;

 private:
  TempDir dir_;
  TransactionAssembler assembler_;
};

PendingChange insert(TableIndex table, std::string_view key, std::string_view row) {
  PendingChange change;
  change.table = table;
  change.kind = ChangeKind::insert;
  change.key = key;
  change.after = row;
  return change;
}

PendingChange update(TableIndex table, std::string_view key, std::string_view row) {
  PendingChange change = insert(table, key, row);
  change.kind = ChangeKind::update;
  return change;
}

PendingChange update_key(TableIndex table, std::string_view old_key, std::string_view key,
                         std::string_view row) {
  PendingChange change = update(table, key, row);
  change.old_key = old_key;
  return change;
}

PendingChange remove(TableIndex table, std::string_view key) {
  PendingChange change;
  change.table = table;
  change.kind = ChangeKind::remove;
  change.key = key;
  return change;
}

PendingChange truncate(TableIndex table) {
  PendingChange change;
  change.table = table;
  change.kind = ChangeKind::truncate;
  return change;
}

PendingChange with_before(PendingChange change, std::string_view before) {
  change.before = before;
  return change;
}

using Lines = std::vector<std::string>;

TEST_CASE("RowBeforeComesFromTheStreamWhereTheSourceSendsIt") {
  Fixture f;
  TableIndex t = f.add_table(false);
  f.add(with_before(update(t, "k", "new"), "old"));
  f.add(with_before(remove(t, "k"), "new"));
  CHECK(f.complete() == Lines{"k: old -> new", "k: new -> -"});
  CHECK(f.rows.rows.empty());
}

TEST_CASE("RowBeforeComesFromTheRowImagesWhereTheSourceDoesNotSendIt") {
  Fixture f;
  TableIndex t = f.add_table(true);
  f.add(insert(t, "k", "one"));
  CHECK(f.complete() == Lines{"k: - -> one"});
  f.add(update(t, "k", "two"));
  f.add(update(t, "k", "three"));
  CHECK(f.complete() == Lines{"k: one -> two", "k: two -> three"});
  f.add(remove(t, "k"));
  f.add(insert(t, "k", "four"));
  f.add(update(t, "k", "five"));
  CHECK(f.complete() == Lines{"k: three -> -", "k: - -> four", "k: four -> five"});
  CHECK(f.rows.rows == std::map<MemoryRows::Key, std::string>{{{GenerationId(10), "k"}, "five"}});
}

TEST_CASE("AnUpdateOfTheKeyIsATombstoneAndARecord") {
  Fixture f;
  TableIndex t = f.add_table(true);
  f.add(insert(t, "1", "a"));
  f.add(update_key(t, "1", "2", "b"));
  f.add(update_key(t, "2", "3", "c"));
  CHECK(f.complete() == Lines{"1: - -> a", "1: a -> -", "2: - -> b", "2: b -> -", "3: - -> c"});
  CHECK(f.rows.rows == std::map<MemoryRows::Key, std::string>{{{GenerationId(10), "3"}, "c"}});
}

TEST_CASE("UnchangedColumnsAreFilledFromTheRowBefore") {
  Fixture f;
  TableIndex t = f.add_table(true);
  const RowType& type = f.tables[t].row_type;
  auto row = [&](int id, Datum note) {
    std::string out;
    append_row(type, std::vector<Datum>{Datum::of_int(id), note}, &out);
    return out;
  };
  std::string old_row = row(1, Datum::of_bytes("a large value"));
  std::string sent = row(2, Datum::null());
  std::string whole = row(2, Datum::of_bytes("a large value"));
  f.add(insert(t, "k", old_row));
  PendingChange change = update(t, "k", sent);
  change.unchanged = "\x02";
  f.add(change);
  CHECK(f.complete() == Lines{"k: - -> " + old_row, "k: " + old_row + " -> " + whole});
}

TEST_CASE("AChangeOfARowThatIsNotHeldStopsThatTableOnly") {
  Fixture f;
  TableIndex broken = f.add_table(true);
  TableIndex sound = f.add_table(true);
  f.add(insert(sound, "s", "1"));
  f.add(update(broken, "k", "x"));
  f.add(insert(broken, "later", "y"));
  f.add(update(sound, "s", "2"));
  CHECK(f.complete() == Lines{"s: - -> 1",
                              "stop: the row that it changes is not among those that were captured",
                              "s: 1 -> 2"});
  CHECK(f.tables[broken].stopped_reason.has_value());
  CHECK_FALSE(f.tables[sound].stopped_reason.has_value());
}

TEST_CASE("AfterATruncateOnlyLaterRowsAreHeld") {
  Fixture f;
  TableIndex t = f.add_table(true);
  f.add(insert(t, "k", "old"));
  REQUIRE(f.complete().size() == 1);
  f.add(truncate(t));
  f.add(insert(t, "k", "new"));
  f.add(update(t, "k", "newer"));
  CHECK(f.complete() == Lines{"truncate", "k: - -> new", "k: new -> newer"});
  f.add(remove(t, "k"));
  CHECK(f.complete() == Lines{"k: newer -> -"});
}

TEST_CASE("ARowOfBeforeTheTruncateIsNotFoundAfterIt") {
  Fixture f;
  TableIndex t = f.add_table(true);
  f.add(insert(t, "k", "old"));
  REQUIRE(f.complete().size() == 1);
  f.add(truncate(t));
  f.add(update(t, "k", "x"));
  CHECK(f.complete().back().substr(0, 5) == "stop:");
}

TEST_CASE("RowsThatTradeDeferrableKeysAreLoggedByTheirNetEffect") {
  Fixture f;
  TableIndex t = f.add_table(false, true);
  f.add(with_before(update_key(t, "1", "2", "a'"), "a"));
  f.add(with_before(update_key(t, "2", "1", "b'"), "b"));
  CHECK(f.complete() == Lines{"1: a -> b'", "2: b -> a'"});
}

TEST_CASE("ATransactionOfManyBatchesIsCompletedInOrder") {
  Fixture f;
  TableIndex t = f.add_table(true);
  std::string padding(400, 'x');
  Lines expected;
  for (int i = 0; i < 4000; ++i) {
    std::string key = std::to_string(i % 1000);
    std::string row = std::to_string(i) + padding;
    f.add(i < 1000 ? insert(t, key, row) : update(t, key, row));
    std::string before = i < 1000 ? "-" : std::to_string(i - 1000) + padding;
    expected.push_back(key + ": " + before + " -> " + row);
  }
  CHECK(f.complete() == expected);
}

}  // namespace
}  // namespace leat::cdc
