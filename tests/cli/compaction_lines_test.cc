#include "cli/control/compaction_lines.h"

#include <catch2/catch.hpp>

#include "cli/text/compaction_hindrance.h"

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
  CHECK_FALSE(read_compaction_line(compaction_progress_line({7, 90, 3, true}), tell));
  CHECK(told.bytes_done == 7);
  CHECK(told.bytes_total == 90);
  CHECK(told.keys == 3);
  CHECK(told.waits);
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
        "5.0 MB wait for a reader that has not passed them\n");
}

TEST_CASE("WhatWasNotCompactedIsSaidWithItsReason") {
  CompactionTotals totals;
  TopicReport topic;
  topic.settings = {{"compaction_lag_min", "0"}};
  CHECK(hindrance_text(topic, example()) == "");
  CHECK(hindrance_text(topic, totals) == "all of it is compacted already\n");
  topic.settings = {{"compaction_lag_min", "1h"}};
  CHECK(hindrance_text(topic, totals) ==
        "what is not compacted yet is younger than compaction_lag_min (1h)\n");
  totals.held_back_bytes = 5 << 20;
  CHECK_THAT(hindrance_text(topic, totals), Catch::Contains("reads just now"));
  topic.readers = {{"views.0", 1'300, 4}, {"consumer.mirror", 1'204, 100}};
  CHECK(
      hindrance_text(topic, totals) ==
      "the last is consumer.mirror, which has passed cut 1,204 (100 behind); to go on without it: "
      "leat consumer drop mirror\n");
  topic.readers.pop_back();
  CHECK_THAT(hindrance_text(topic, totals),
             Catch::Contains("views.0") && Catch::Contains("when it flushes"));
}

}  // namespace
}  // namespace leat::cli
