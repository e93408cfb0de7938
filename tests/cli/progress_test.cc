#include "cli/text/progress.h"

#include <catch2/catch.hpp>

namespace leat::cli {
namespace {

using namespace std::chrono_literals;

StatusReport snapshot_at(uint64_t rows_done, bool customers_done) {
  StatusReport report;
  report.sources.resize(1);
  report.sources[0].name = "shop";
  report.sources[0].state = cdc::SourceState::snapshotting;
  report.sources[0].snapshot = {{"public.orders", rows_done, 2'000'000, false},
                                {"public.customers", 100'000, 99'000, customers_done}};
  return report;
}

TEST_CASE("BarsShowRateAndRemainingTimeFromSuccessiveReports") {
  ProgressMeter meter;
  auto first = progress_bars(meter.update(snapshot_at(0, false), 0s));
  CHECK(first[0] == "public.orders     ░░░░░░░░░░░░░░░░░░   0 %  0 of 2,000,000 rows");
  auto later = progress_bars(meter.update(snapshot_at(1'220'000, true), 6s));
  REQUIRE(later.size() == 2);
  CHECK(later[0] ==
        "public.orders     ███████████░░░░░░░  61 %  1,220,000 of 2,000,000 rows  203k rows/s  "
        "3.8 s left");
  CHECK(later[1] == "public.customers  done                      100,000 of 100,000 rows");
}

TEST_CASE("LogLineNamesSourceAndTable") {
  ProgressMeter meter;
  (void)meter.update(snapshot_at(0, false), 0s);
  auto items = meter.update(snapshot_at(1'000'000, false), 2s);
  CHECK(progress_line(items[0]) ==
        "shop: public.orders: 50 % (1,000,000 of 2,000,000 rows), 500k rows/s, 2.0 s left");
}

TEST_CASE("EstimateThatWasTooLowNeverShowsDoneBeforeTheEnd") {
  ProgressMeter meter;
  auto items = meter.update(snapshot_at(2'500'000, false), 0s);
  CHECK(progress_line(items[0]).find("99 %") != std::string::npos);
}

TEST_CASE("CopyThatStartsAnewHasNoRateUntilItMoves") {
  ProgressMeter meter;
  (void)meter.update(snapshot_at(1'000'000, false), 0s);
  auto items = meter.update(snapshot_at(5, false), 2s);
  CHECK(items[0].per_second == 0);
}

TEST_CASE("NothingIsShownWhileAllSourcesStream") {
  ProgressMeter meter;
  StatusReport report = snapshot_at(5, true);
  report.sources[0].state = cdc::SourceState::streaming;
  CHECK(meter.update(report, 0s).empty());
}

}  // namespace
}  // namespace leat::cli
