#include "cli/control/compaction_lines.h"

#include <catch2/catch.hpp>

namespace leat::cli {
namespace {

using compaction::CompactionTotals;

CompactionTotals example() {
  CompactionTotals totals;
  totals.records_read = 2'000'000;
  totals.records_kept = 12'204;
  totals.bytes_before = 402ULL << 20;
  totals.bytes_after = 3ULL << 20;
  totals.keys = 12'000;
  totals.passes = 1;
  totals.replaced = true;
  return totals;
}

TEST_CASE("ACompactionsAnswerIsReadAsItWasWritten") {
  CompactionProgress told;
  auto tell = [&](const CompactionProgress& progress) { told = progress; };
  CHECK_FALSE(read_compaction_line(compaction_progress_line({7, 90, 3}), tell));
  CHECK(told.bytes_done == 7);
  CHECK(told.bytes_total == 90);
  CHECK(told.keys == 3);
  auto result = read_compaction_line(compaction_result_line(example()), tell);
  REQUIRE((result && result->ok()));
  CHECK(compaction_text("t", **result, 0) == compaction_text("t", example(), 0));
  auto failed =
      read_compaction_line(compaction_result_line(Error::permanent("a segment is damaged")), tell);
  REQUIRE((failed && !failed->ok()));
  CHECK(failed->error().message() == "a segment is damaged");
  auto foreign = read_compaction_line("<html>", tell);
  CHECK((foreign && !foreign->ok()));
}

TEST_CASE("ACompactionEndsInOneLineOfFactsAndWhatWaits") {
  CompactionTotals totals = example();
  CHECK(
      compaction_text("shop.public.orders", totals, 2'400'000) ==
      "shop.public.orders: 12,204 of 2,000,000 records kept, 402 MB are 3.0 MB now, 12,000 keys in "
      "1 pass, 2.4 s\n");
  totals.replaced = false;
  totals.held_back_bytes = 5 << 20;
  CHECK(compaction_text("shop.public.orders", totals, 0) ==
        "shop.public.orders: nothing to compact\n"
        "5.0 MB wait for a reader that has not passed them (leat topic describe names the "
        "readers)\n");
}

}  // namespace
}  // namespace leat::cli
