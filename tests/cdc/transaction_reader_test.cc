#include "cdc/postgres/transaction_reader.h"

#include <catch2/catch.hpp>

#include "log/base/bytes.h"
#include "log/model/row.h"
#include "tests/cdc/open_assembler.h"
#include "tests/support/process.h"

namespace leat::cdc {
namespace {

using leat::test::TempDir;

constexpr uint32_t kInt4 = 23;
constexpr uint32_t kText = 25;
constexpr uint32_t kOrders = 16385;

// Messages as the server sends them; XID 0: outside of a stream block.
std::string with_xid(char type, uint32_t xid) {
  std::string out(1, type);
  if (xid != 0) append_be(&out, xid);
  return out;
}
void append_name(std::string* out, std::string_view name) {
  out->append(name);
  out->push_back('\0');
}
std::string begin(uint32_t xid) {
  std::string out = "B";
  append_be<uint64_t>(&out, 1);
  append_be<int64_t>(&out, 0);
  append_be(&out, xid);
  return out;
}
std::string commit(uint64_t end) {
  std::string out("C\0", 2);
  append_be<uint64_t>(&out, end - 1);
  append_be<uint64_t>(&out, end);
  append_be<int64_t>(&out, 5);
  return out;
}
std::string stream_start(uint32_t xid) {
  std::string out = "S";
  append_be(&out, xid);
  return out + '\1';
}
std::string stream_commit(uint32_t xid, uint64_t end) {
  std::string out = "c";
  append_be(&out, xid);
  return out + commit(end).substr(1);
}
std::string stream_abort(uint32_t xid, uint32_t subxid) {
  std::string out = "A";
  append_be(&out, xid);
  append_be(&out, subxid);
  return out;
}
std::string relation(uint32_t xid, uint32_t note_oid = kText, char identity = 'd') {
  std::string out = with_xid('R', xid);
  append_be(&out, kOrders);
  append_name(&out, "public");
  append_name(&out, "orders");
  out.push_back(identity);
  append_be<int16_t>(&out, 2);
  out.push_back(1);
  append_name(&out, "id");
  append_be(&out, kInt4);
  append_be<int32_t>(&out, -1);
  out.push_back(identity == 'f' ? 1 : 0);
  append_name(&out, "note");
  append_be(&out, note_oid);
  append_be<int32_t>(&out, -1);
  return out;
}
// NOTE: "u" alone stands for an unchanged value, "-" for null.
std::string tuple(int32_t id, const std::string& note) {
  std::string out;
  append_be<int16_t>(&out, 2);
  out.push_back('b');
  append_be<uint32_t>(&out, 4);
  append_be(&out, id);
  if (note == "u") return out + 'u';
  if (note == "-") return out + 'n';
  out.push_back('b');
  append_be(&out, static_cast<uint32_t>(note.size()));
  return out + note;
}
std::string insert(uint32_t xid, int32_t id, const std::string& note) {
  std::string out = with_xid('I', xid);
  append_be(&out, kOrders);
  return out + 'N' + tuple(id, note);
}
std::string update(const std::string& old_part, int32_t id, const std::string& note) {
  std::string out = "U";
  append_be(&out, kOrders);
  return out + old_part + 'N' + tuple(id, note);
}

class Fixture {
 public:
  Fixture() : assembler_(test::open_assembler(dir_)) {
    CapturedTable table;
    table.name = "public.orders";
    table.schema.columns = {{"id", {TypeId::int32}}, {"note", {TypeId::text}}};
    table.schema.key_columns = {0};
    table.row_type = table.schema.row_type();
    tables_.add(table);
    reader_.emplace(&tables_, &assembler_, RelationOids());
  }

  // The transaction that the last of MESSAGES commits, if it does.
  std::optional<CommittedTransaction> give(const std::vector<std::string>& messages) {
    std::optional<CommittedTransaction> last;
    for (const std::string& message : messages) {
      auto committed = reader_->on_message(message);
      if (!committed.ok()) FAIL(committed.error().message());
      last.reset();
      if (*committed) last.emplace(std::move(**committed));
    }
    return last;
  }
  Result<std::optional<CommittedTransaction>> try_give(const std::string& message) {
    return reader_->on_message(message);
  }

  void reset() { reader_->reset(); }

  // "kind: before -> after", rows as ID/NOTE.
  std::vector<std::string> lines(const CommittedTransaction& committed) {
    std::vector<std::string> out;
    auto visit = [&](const std::vector<PendingChange>& batch) -> Status {
      for (const PendingChange& change : batch) {
        const char* kinds[] = {"insert", "update", "remove", "truncate"};
        out.push_back(std::string(kinds[static_cast<int>(change.kind)]) + ": " +
                      (change.before ? text(*change.before) : "?") + " -> " +
                      (change.after ? text(*change.after) : "-") +
                      (change.unchanged.empty() ? "" : " unchanged") +
                      (change.old_key.empty() ? "" : " moved"));
      }
      return Ok();
    };
    REQUIRE(committed.transaction.for_each_batch(visit).ok());
    return out;
  }

 private:
  std::string text(std::string_view row) {
    std::vector<Datum> values(2);
    REQUIRE(decode_row(tables_[TableIndex(0)].row_type, row, values).ok());
    return std::to_string(values[0].integer()) + "/" +
           (values[1].is_null() ? "null" : std::string(values[1].bytes()));
  }

  TempDir dir_;
  TableSet tables_;
  TransactionAssembler assembler_;
  std::optional<TransactionReader> reader_;
};

using Lines = std::vector<std::string>;

TEST_CASE("ACommitGivesItsChangesWithEndAndTime") {
  Fixture f;
  auto done = f.give({begin(7), relation(0), insert(0, 1, "one"), insert(0, 2, "-"), commit(100)});
  REQUIRE(done.has_value());
  CHECK(done->end_lsn == Lsn(100));
  CHECK(done->commit_time_us == 946'684'800'000'005);
  CHECK(done->transaction.id() == TransactionId(7));
  CHECK(f.lines(*done) == Lines{"insert: ? -> 1/one", "insert: ? -> 2/null"});
}

TEST_CASE("AnUpdateUnderFullIdentityIsWholeWithItsUnchangedValues") {
  Fixture f;
  auto done = f.give(
      {begin(7), relation(0, kText, 'f'), update("O" + tuple(1, "large"), 2, "u"), commit(100)});
  CHECK(f.lines(*done) == Lines{"update: 1/large -> 2/large moved"});
}

TEST_CASE("AnUpdateUnderTheDefaultIdentityLeavesWhatWasNotSentOpen") {
  Fixture f;
  auto done = f.give({begin(7), relation(0), update("", 1, "u"),
                      update("K" + tuple(1, "-"), 2, "x"), commit(100)});
  CHECK(f.lines(*done) == Lines{"update: ? -> 1/null unchanged", "update: ? -> 2/x moved"});
}

TEST_CASE("AnOldKeyThatEqualsTheNewOneIsNoMove") {
  Fixture f;
  auto done = f.give({begin(7), relation(0), update("K" + tuple(1, "-"), 1, "x"), commit(100)});
  CHECK(f.lines(*done) == Lines{"update: ? -> 1/x"});
}

TEST_CASE("AStreamedTransactionComesWholeAtItsCommitWithoutWhatWasRolledBack") {
  Fixture f;
  f.give({stream_start(7), relation(7), insert(7, 1, "top"), insert(8, 2, "sub"), "E"});
  auto between = f.give({begin(9), relation(0), insert(0, 3, "other"), commit(50)});
  CHECK(f.lines(*between) == Lines{"insert: ? -> 3/other"});
  f.give({stream_start(7), insert(9, 4, "kept sub"), "E", stream_abort(7, 8)});
  auto done = f.give({stream_commit(7, 100)});
  REQUIRE(done.has_value());
  CHECK(f.lines(*done) == Lines{"insert: ? -> 1/top", "insert: ? -> 4/kept sub"});
}

TEST_CASE("ARolledBackStreamedTransactionLeavesNothing") {
  Fixture f;
  f.give({stream_start(7), relation(7), insert(7, 1, "x"), "E", stream_abort(7, 7)});
  auto done = f.give({stream_commit(7, 100)});
  CHECK(f.lines(*done).empty());
}

TEST_CASE("ARelationInAStreamedTransactionCountsForOthersOnlyOnceItCommits") {
  Fixture f;
  f.give({begin(1), relation(0), insert(0, 1, "x"), commit(10)});
  f.give({stream_start(7), relation(7, kInt4), "E"});
  auto other = f.give({begin(2), insert(0, 2, "y"), commit(20)});
  CHECK(other->transaction.failures().empty());
  f.give({stream_commit(7, 30)});
  auto after = f.give({begin(3), insert(0, 3, "z"), commit(40)});
  REQUIRE(after->transaction.failures().size() == 1);
  CHECK(after->transaction.failures()[0].reason.find("column note was text and is integer") == 0);
}

TEST_CASE("ARowThatCannotBeDecodedIsItsTablesFailureAndNotTheStreams") {
  Fixture f;
  auto done = f.give({begin(7), relation(0), insert(0, 1, "\xff"), commit(100)});
  REQUIRE(done->transaction.failures().size() == 1);
  CHECK(done->transaction.failures()[0].reason.find("column note") == 0);
}

TEST_CASE("ChangesOfTablesThatAreNotCapturedAreLeftOut") {
  Fixture f;
  std::string other = relation(0);
  other.replace(other.find("orders"), 6, "others");
  auto done = f.give({begin(7), other, insert(0, 1, "x"), commit(100)});
  CHECK(f.lines(*done).empty());
}

TEST_CASE("AStreamThatMakesNoSenseIsAnError") {
  CHECK_FALSE(Fixture().try_give(commit(5)).ok());
  CHECK_FALSE(Fixture().try_give(insert(0, 1, "x")).ok());
  Fixture unknown_relation;
  unknown_relation.give({begin(1)});
  CHECK_FALSE(unknown_relation.try_give(insert(0, 1, "x")).ok());
}

TEST_CASE("AfterAResetTheServerBeginsAnew") {
  Fixture f;
  f.give({begin(1), relation(0), insert(0, 1, "lost")});
  f.reset();
  auto done = f.give({begin(1), relation(0), insert(0, 1, "sent again"), commit(10)});
  CHECK(f.lines(*done) == Lines{"insert: ? -> 1/sent again"});
}

}  // namespace
}  // namespace leat::cdc
