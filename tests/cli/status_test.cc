#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "cli/status_report.h"
#include "cli/text/status_text.h"
#include "tests/support/source_root.h"

namespace leat::cli {
namespace {

StatusReport example() {
  StatusReport report;
  report.version = "0.1.0";
  report.cut = 18204;
  report.log_bytes = 412ULL << 20;
  report.state_bytes = 96ULL << 20;
  report.memory_bytes = 88ULL << 20;
  report.memory_limit_bytes = 1024ULL << 20;
  report.up_us = 3LL * 3600 * 1'000'000;
  report.sql_connections = 2;
  cdc::SourceStatus shop;
  shop.name = "shop";
  shop.server = "PostgreSQL 15.20 at localhost:5432/shop";
  shop.state = cdc::SourceState::streaming;
  shop.position = "0/1A2B3C8";
  shop.behind_us = 3'000;
  shop.changes_total = 77;
  shop.changes_per_second = 4120;
  report.sources = {shop};
  ViewReport lines;
  lines.name = "order_lines";
  lines.state = "live";
  lines.rows = 2010221;
  lines.cut = 18204;
  lines.behind_us = 2'000;
  ViewReport cities;
  cities.name = "top_cities";
  cities.state = "building";
  cities.progress = 0.41;
  cities.changes_per_second = 310'000;
  cities.left_us = 12'000'000;
  report.views = {lines, cities};
  return report;
}

TEST_CASE("StatusShowsSourcesAndViewsWithHowFarTheyAreBehind") {
  CHECK(status_text(example()) ==
        "cut 18,204 · log 412 MB · state 96 MB · memory 88 of 1,024 MB · up 3 h\n"
        "SOURCE  STATE      POSITION   BEHIND      RATE\n"
        "shop    streaming  0/1A2B3C8  0 B · 3 ms  4,120 changes/s\n"
        "VIEW         STATE     ROWS       CUT     BEHIND\n"
        "order_lines  live      2,010,221  18,204  2 ms\n"
        "top_cities   building  –          –       41 % · 310k changes/s · 12.0 s left\n");
}

TEST_CASE("StatusEndsInALineForEachTrouble") {
  StatusReport report = example();
  report.sources[0].state = cdc::SourceState::retrying;
  report.sources[0].last_error = "connection refused";
  report.sources[0].stopped_tables = {{"public.orders", "its key changed"}};
  report.views[0].state = "frozen";
  report.views[0].error = "shop.public.orders is stopped";
  CHECK(trouble_text(report) ==
        "shop: connection refused\n"
        "shop: public.orders is stopped: its key changed\n"
        "view order_lines: shop.public.orders is stopped\n");
}

TEST_CASE("StatusOfAFullDiskSaysWhatWaitsAndWhatToDo") {
  StatusReport report = example();
  report.data_dir = "/var/lib/leat";
  report.log.disk_free_bytes = 12 << 10;
  report.log.paused_reason = "cannot write /var/lib/leat/log/a: No space left on device";
  report.state.paused_reason = "cannot write /var/lib/leat/state/b: No space left on device";
  CHECK(trouble_text(report) ==
        "log: paused: cannot write /var/lib/leat/log/a: No space left on device (12 KB free in "
        "/var/lib/leat). The sources wait; nothing is lost. Make room there: it goes on by itself\n"
        "state: waits: cannot write /var/lib/leat/state/b: No space left on device (12 KB free in "
        "/var/lib/leat). The views answer and follow as far as memory reaches. Make room there: it "
        "goes on by itself\n");
  report.log.paused_reason = report.state.paused_reason = "";
  report.log.failed_reason = "cannot sync /var/lib/leat/log/a: Input/output error";
  CHECK(trouble_text(report).find("start leat again") != std::string::npos);
}

TEST_CASE("SourceBeforeItsFirstPositionShowsADash") {
  StatusReport report;
  report.sources.resize(1);
  report.sources[0].name = "shop";
  CHECK(status_text(report).find("shop    connecting  –         0 B · 0 ms  0 changes/s") !=
        std::string::npos);
}

TEST_CASE("StatusShowsWhatCompactionHasDoneAndWhatItCannotDo") {
  StatusReport report = example();
  CHECK(status_text(report).find("compaction") == std::string::npos);
  report.compaction = {12,       402 << 20, 3 << 20,    14, 0, 1, "shop.public.orders-0: no room",
                       30 << 20, 5 << 20,   64ULL << 30};
  report.log.detached_readers = {{"consumer.mirror", 1204, "5 bytes could not be compacted"}};
  std::string text = status_text(report);
  for (const char* line :
       {"compaction: 12 done · 402 MB read, 3.0 MB written in 14 passes · 30 MB to do · 5.0 MB "
        "held "
        "back by readers\n",
        "compaction: shop.public.orders-0: no room; it is tried again\n",
        "reader consumer.mirror was detached at cut 1,204: 5 bytes could not be compacted\n"}) {
    INFO(text);
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE("StatusNamesDamagedPartitionsWithWhatToDo") {
  StatusReport report = example();
  report.log.damaged_partitions = {
      {"shop.public.orders", 2, "x.log, byte 9: a record batch is damaged", "shop", false},
      {"clicks", 0, "y.log is missing", "", false},
      {"shop.public.orders", 1, "z.log is missing", "shop", true}};
  std::string text = status_text(report);
  INFO(text);
  for (const char* line :
       {"shop.public.orders: partition 2 is damaged: x.log, byte 9: a record batch is damaged. "
        "Look "
        "at the disk, then: leat source resnapshot shop\n",
        "clicks: partition 0 is damaged: y.log is missing. Look at the disk, then stop leat; leat "
        "log verify says up to where it is sound, and leat topic truncate-to clicks 0 OFFSET gives "
        "up the rest\n",
        "It belongs to a generation that was replaced; it goes when no reader needs it\n"}) {
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE("StatusAsJsonComesBackTheSame") {
  StatusReport report = example();
  report.compaction = {12, 402 << 20, 3 << 20, 14, 0, 1, "no room", 30 << 20, 5 << 20, 64ULL << 30};
  report.log.detached_readers = {{"consumer.mirror", 1204, "5 bytes could not be compacted"}};
  report.log.damaged_partitions = {{"clicks", 3, "y.log is missing", "", true}};
  report.sources[0].snapshot = {{"public.orders", 5, 10, false}};
  report.sources[0].stopped_tables = {{"public.events", "no key"}};
  std::string json = status_json(report);
  auto back = parse_status_json(json);
  if (!back.ok()) FAIL(back.error().message());
  CHECK(status_json(*back) == json);
  CHECK(status_text(*back) == status_text(report));
}

TEST_CASE("StatusOfAnotherFormIsAnErrorThatSaysSo") {
  std::string unknown_state = status_json(example());
  unknown_state.replace(unknown_state.find("streaming"), 9, "swimming!");
  for (const std::string& text : {std::string(), std::string("[]"), std::string("{}"),
                                  std::string("{\"version\": 7}"), unknown_state}) {
    auto back = parse_status_json(text);
    REQUIRE_FALSE(back.ok());
    CHECK(back.error().message().find("another version") != std::string::npos);
  }
}

TEST_CASE("MetricsNameEachSourceAndViewWithUnits") {
  std::string text = metrics_text(example());
  for (const char* line :
       {"leat_cuts_total 18204\n", "leat_log_size_bytes 432013312\n",
        "leat_source_lag_seconds{source=\"shop\"} 0.003\n",
        "leat_source_changes_total{source=\"shop\"} 77\n",
        "leat_view_live{view=\"order_lines\"} 1\n", "leat_view_live{view=\"top_cities\"} 0\n",
        "# TYPE leat_view_lag_seconds gauge\n"}) {
    INFO(line);
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE("EveryQueueAndBufferHasAMetricBesideItsBound") {
  StatusReport report = example();
  report.log.paused_reason = "no room";
  report.log.queued_bytes = 5;
  report.log.queue_bytes_max = 16 << 20;
  report.log.sync_us_p99 = 1500;
  report.state.unflushed_bytes = 7;
  std::string text = metrics_text(report);
  for (const char* line :
       {"leat_log_paused 1\n", "leat_log_failed 0\n", "leat_log_queue_bytes 5\n",
        "leat_log_queue_bytes_max 16777216\n", "leat_log_sync_seconds_p99 0.0015\n",
        "leat_state_paused 0\n", "leat_state_unflushed_bytes 7\n", "leat_sql_connections 2\n"}) {
    INFO(line);
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE("OperationsPageNamesEveryMetric") {
  std::ifstream in(test::source_root() / "docs/operations.md");
  std::string page((std::istreambuf_iterator<char>(in)), {});
  std::istringstream lines(metrics_text(example()));
  size_t families = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("# TYPE ")) continue;
    std::string name = line.substr(7, line.find(' ', 7) - 7);
    INFO(name);
    CHECK(page.find("`" + name + "`") != std::string::npos);
    ++families;
  }
  CHECK(families > 40);
}

TEST_CASE("MetricLabelsAreEscaped") {
  StatusReport report;
  report.views.resize(1);
  report.views[0].name = "a\"b\\c\nd";
  CHECK(metrics_text(report).find("{view=\"a\\\"b\\\\c\\nd\"}") != std::string::npos);
}

}  // namespace
}  // namespace leat::cli
