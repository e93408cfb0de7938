// An ingestor over a log and rows in memory, with two tables.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "cdc/ingestor.h"
#include "tests/cdc/fake_log.h"
#include "tests/cdc/memory_rows.h"
#include "tests/cdc/open_assembler.h"
#include "tests/support/process.h"

namespace leat::cdc::test {

inline std::string describe(std::string_view position) {
  return "position " + std::string(position);
}

class IngestorFixture {
 public:
  IngestorFixture()
      : assembler_(open_assembler(dir_)), ingestor("shop", &log, &tables, &rows, &describe) {
    for (const char* name : {"a", "b"}) {
      CapturedTable table;
      table.name = std::string("public.") + name;
      table.topic = "shop." + table.name;
      table.schema_id = SchemaId(7);
      table.generation = GenerationId(1 + tables.size());
      table.needs_row_store = true;
      tables.add(table);
    }
  }

  void add(ChangeKind kind, TableIndex table, std::string_view key, std::string_view row = {}) {
    PendingChange change;
    change.kind = kind;
    change.table = table;
    change.key = key;
    if (kind == ChangeKind::insert || kind == ChangeKind::update) change.after = row;
    REQUIRE(assembler_.add(TransactionId(1), change).ok());
  }
  void fail(TableIndex table, std::string reason) {
    assembler_.add_failure(TransactionId(1), {table, 0, std::move(reason)});
  }

  void commit(std::string_view position) { REQUIRE(try_commit(position).ok()); }
  Status try_commit(std::string_view position) {
    return ingestor.ingest(assembler_.take(TransactionId(1)), info(position));
  }
  // What was added so far is a piece of a transaction that goes on.
  void piece(std::string_view position) {
    REQUIRE(ingestor.ingest_piece(assembler_.take(TransactionId(1)), info(position)).ok());
  }

  std::vector<StoredRecord> submitted(uint64_t generation) {
    REQUIRE(ingestor.submit().ok());
    REQUIRE_FALSE(log.units.empty());
    return FakeLog::records(log.units.back(), GenerationId(generation));
  }

 private:
  static CommitInfo info(std::string_view position) {
    CommitInfo out;
    out.transaction = TransactionId(33);
    out.commit_time_us = 5'000'000;
    out.commit_position = position;
    out.source_position = position;
    return out;
  }

  leat::test::TempDir dir_;
  TransactionAssembler assembler_;

 public:
  FakeLog log;
  MemoryRows rows;
  TableSet tables;
  Ingestor ingestor;
};

inline constexpr TableIndex kA(0);
inline constexpr TableIndex kB(1);

}  // namespace leat::cdc::test
