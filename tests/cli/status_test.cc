#include <catch2/catch.hpp>

#include "cli/status_report.h"
#include "cli/text/status_text.h"

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

TEST_CASE("SourceBeforeItsFirstPositionShowsADash") {
  StatusReport report;
  report.sources.resize(1);
  report.sources[0].name = "shop";
  CHECK(status_text(report).find("shop    connecting  –         0 B · 0 ms  0 changes/s") !=
        std::string::npos);
}

TEST_CASE("StatusAsJsonComesBackTheSame") {
  StatusReport report = example();
  report.sources[0].snapshot = {{"public.orders", 5, 10, false}};
  report.sources[0].stopped_tables = {{"public.events", "no key"}};
  std::string json = status_json(report);
  auto back = parse_status_json(json);
  if (!back.ok()) FAIL(back.error().message());
  CHECK(status_json(*back) == json);
  CHECK(status_text(*back) == status_text(report));
}

TEST_CASE("StatusOfAnotherFormIsAnErrorThatSaysSo") {
  for (const char* text : {"", "[]", "{}", "{\"version\": 7}"}) {
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

TEST_CASE("MetricLabelsAreEscaped") {
  StatusReport report;
  report.views.resize(1);
  report.views[0].name = "a\"b\\c\nd";
  CHECK(metrics_text(report).find("{view=\"a\\\"b\\\\c\\nd\"}") != std::string::npos);
}

}  // namespace
}  // namespace leat::cli
