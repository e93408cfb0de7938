#include "cdc/transaction_assembler.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/process.h"

namespace leat::cdc {
namespace {

using leat::test::TempDir;

PendingChange insert(std::string_view key, uint32_t subtransaction = 0) {
  PendingChange change;
  change.kind = ChangeKind::insert;
  change.subtransaction = subtransaction;
  change.key = key;
  change.after = key;
  return change;
}

TransactionAssembler open_in(const TempDir& dir, size_t memory_bytes_max = 1 << 20) {
  AssemblerOptions options;
  options.spill_dir = dir / "spill";
  options.memory_bytes_max = memory_bytes_max;
  auto assembler = TransactionAssembler::open(options);
  REQUIRE(assembler.ok());
  return std::move(*assembler);
}

std::vector<std::string> keys_of(const Transaction& transaction) {
  std::vector<std::string> out;
  auto status = transaction.for_each_batch([&](const std::vector<PendingChange>& batch) -> Status {
    for (const PendingChange& change : batch) out.emplace_back(change.key);
    return Ok();
  });
  REQUIRE(status.ok());
  return out;
}

size_t spill_files(const TempDir& dir) {
  auto names = Fs::posix().list_dir(dir / "spill");
  REQUIRE(names.ok());
  return names->size();
}

TEST_CASE("SubtransactionsInDoubtAreThoseWithChangesOrFailuresThatWereNotRolledBack") {
  TempDir dir;
  TransactionAssembler assembler = open_in(dir);
  TransactionId id(1);
  for (uint32_t subtransaction : {0u, 7u, 8u, 7u, 9u}) {
    REQUIRE(assembler.add(id, insert("of " + std::to_string(subtransaction), subtransaction)).ok());
  }
  assembler.add_failure(id, {TableIndex(0), 10, "wrong"});
  assembler.abort_subtransaction(id, 8);
  Transaction whole = assembler.take(id);
  auto in_doubt = whole.subtransactions();
  std::sort(in_doubt.begin(), in_doubt.end());
  CHECK(in_doubt == std::vector<uint32_t>{7, 9, 10});
  whole.abort_subtransaction(7);
  whole.abort_subtransaction(10);
  CHECK(whole.subtransactions() == std::vector<uint32_t>{9});
  CHECK(keys_of(whole) == std::vector<std::string>{"of 0", "of 9"});
  CHECK(whole.failures().empty());
}

TEST_CASE("PendingChangeComesBackAsItWasWritten") {
  PendingChange change;
  change.kind = ChangeKind::update;
  change.table = TableIndex(7);
  change.subtransaction = 9;
  change.key = "key";
  change.old_key = "old";
  change.after = "";
  change.unchanged = "\x02";
  std::string bytes;
  append_pending_change(change, &bytes);
  append_pending_change(insert("second"), &bytes);
  std::string_view rest = bytes;
  PendingChange read;
  REQUIRE(next_pending_change(&rest, &read));
  CHECK(read.kind == ChangeKind::update);
  CHECK(read.table == TableIndex(7));
  CHECK(read.subtransaction == 9);
  CHECK(read.key == "key");
  CHECK(read.old_key == "old");
  CHECK_FALSE(read.before.has_value());
  CHECK(read.after == "");
  CHECK(read.unchanged == "\x02");
  REQUIRE(next_pending_change(&rest, &read));
  CHECK(read.key == "second");
  CHECK_FALSE(next_pending_change(&rest, &read));
}

TEST_CASE("InterleavedTransactionsKeepTheirOwnChangesInOrder") {
  TempDir dir;
  TransactionAssembler assembler = open_in(dir);
  REQUIRE(assembler.add(TransactionId(1), insert("a")).ok());
  REQUIRE(assembler.add(TransactionId(2), insert("x")).ok());
  REQUIRE(assembler.add(TransactionId(1), insert("b")).ok());
  CHECK(assembler.open_count() == 2);
  CHECK(keys_of(assembler.take(TransactionId(2))) == std::vector<std::string>{"x"});
  CHECK(keys_of(assembler.take(TransactionId(1))) == std::vector<std::string>{"a", "b"});
  CHECK(assembler.open_count() == 0);
  CHECK(assembler.memory_bytes() == 0);
}

TEST_CASE("ChangesOfARolledBackSubtransactionAreDropped") {
  TempDir dir;
  TransactionAssembler assembler = open_in(dir);
  REQUIRE(assembler.add(TransactionId(1), insert("kept", 1)).ok());
  REQUIRE(assembler.add(TransactionId(1), insert("dropped", 2)).ok());
  assembler.add_failure(TransactionId(1), {TableIndex(0), 2, "dropped too"});
  assembler.abort_subtransaction(TransactionId(1), 2);
  REQUIRE(assembler.add(TransactionId(1), insert("later", 3)).ok());
  Transaction taken = assembler.take(TransactionId(1));
  CHECK(keys_of(taken) == std::vector<std::string>{"kept", "later"});
  CHECK(taken.failures().empty());
}

TEST_CASE("ARolledBackTransactionIsForgotten") {
  TempDir dir;
  TransactionAssembler assembler = open_in(dir);
  REQUIRE(assembler.add(TransactionId(1), insert("a")).ok());
  assembler.abort(TransactionId(1));
  CHECK(assembler.open_count() == 0);
  CHECK(keys_of(assembler.take(TransactionId(1))).empty());
}

TEST_CASE("ATransactionWithoutChangesIsEmpty") {
  TempDir dir;
  TransactionAssembler assembler = open_in(dir);
  CHECK(keys_of(assembler.take(TransactionId(5))).empty());
}

TEST_CASE("AboveTheBoundTheLargestTransactionSpillsAndComesBackWhole") {
  TempDir dir;
  TransactionAssembler assembler = open_in(dir, 64 << 10);
  std::vector<std::string> expected;
  REQUIRE(assembler.add(TransactionId(2), insert("small")).ok());
  for (int i = 0; i < 5000; ++i) {
    expected.push_back("key " + std::to_string(i) + std::string(40, 'x'));
    REQUIRE(assembler.add(TransactionId(1), insert(expected.back())).ok());
    REQUIRE(assembler.memory_bytes() <= (64 << 10));
  }
  CHECK(spill_files(dir) == 1);
  {
    Transaction large = assembler.take(TransactionId(1));
    CHECK(large.spilled());
    CHECK(keys_of(large) == expected);
    CHECK(keys_of(large) == expected);
  }
  CHECK(spill_files(dir) == 0);
  CHECK(keys_of(assembler.take(TransactionId(2))) == std::vector<std::string>{"small"});
}

TEST_CASE("ASpilledTransactionThatIsRolledBackLeavesNoFile") {
  TempDir dir;
  TransactionAssembler assembler = open_in(dir, 1);
  REQUIRE(assembler.add(TransactionId(1), insert("a")).ok());
  CHECK(spill_files(dir) == 1);
  assembler.abort(TransactionId(1));
  CHECK(spill_files(dir) == 0);
}

TEST_CASE("ALostConnectionDropsOpenTransactionsAndTheirFiles") {
  TempDir dir;
  TransactionAssembler assembler = open_in(dir, 1);
  REQUIRE(assembler.add(TransactionId(1), insert("a")).ok());
  assembler.clear();
  CHECK(spill_files(dir) == 0);
  CHECK(assembler.memory_bytes() == 0);
}

TEST_CASE("FilesOfAnEarlierProcessAreRemovedAtTheStart") {
  TempDir dir;
  REQUIRE(Fs::posix().create_dirs(dir / "spill").ok());
  REQUIRE(Fs::posix().open(dir / "spill/17", OpenMode::create_new).ok());
  open_in(dir);
  CHECK(spill_files(dir) == 0);
}

TEST_CASE("FailuresAreToldOnceForEachTableAndSubtransaction") {
  TempDir dir;
  TransactionAssembler assembler = open_in(dir);
  assembler.add_failure(TransactionId(1), {TableIndex(3), 0, "first"});
  assembler.add_failure(TransactionId(1), {TableIndex(3), 0, "second"});
  auto failures = assembler.take(TransactionId(1)).failures();
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].reason == "first");
}

}  // namespace
}  // namespace leat::cdc
