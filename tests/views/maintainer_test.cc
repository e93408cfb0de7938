#include "views/maintainer.h"

#include <catch2/catch.hpp>

#include "tests/support/random.h"
#include "tests/views/fixture.h"

namespace leat::views {
namespace {

using test::expected_lines;
using test::expected_totals;
using test::kLinesSql;
using test::kTotalsSql;
using test::Rows;
using test::ViewsFixture;

// A transaction of a few random changes.
void change_something(test::ShopLog& shop, test::Random& random, size_t changes) {
  for (size_t i = 0; i < changes; ++i) {
    int64_t customer = random.between(1, 8);
    int64_t order = random.between(1, 40);
    if (random.one_in(4)) {
      shop.set_customer(customer, random.one_in(3) ? std::optional<std::string>()
                                                   : "c" + std::to_string(random.below(100)));
    } else if (random.one_in(4)) {
      shop.set_order(order, std::nullopt);
    } else {
      std::optional<int64_t> amount;
      if (!random.one_in(5)) amount = random.between(-50, 50);
      shop.set_order(order, test::Order{customer, amount});
    }
  }
}

void check_at_its_cut(ViewsFixture& f, const ViewSnapshot& snapshot) {
  const test::ShopTables& tables = f.shop.at(snapshot.cut());
  CHECK(ViewsFixture::read(snapshot, "lines") == expected_lines(tables));
  CHECK(ViewsFixture::read(snapshot, "totals") == expected_totals(tables));
  CHECK(snapshot.views().at("lines").status.rows == expected_lines(tables).size());
}

TEST_CASE("ViewsEqualTheirQueriesAtEveryCut") {
  uint64_t seed = test::seed();
  INFO("LEAT_SEED=" << seed);
  test::Random random(seed);
  ViewsFixture f;
  // Small steps: most cuts, and what a truncation takes back, are worked off in several.
  f.options.step_bytes_max = 100 + random.below(3'000);
  f.open({kLinesSql, kTotalsSql});
  f.shop.begin();
  change_something(f.shop, random, 20);
  f.shop.switch_in();
  f.wait_live(CutId(1), {"lines", "totals"});
  for (int i = 0; i < 200; ++i) {
    change_something(f.shop, random, 1 + random.below(10));
    if (random.one_in(20)) f.shop.truncate_orders();
    CutId cut = f.shop.commit();
    if (random.one_in(3)) check_at_its_cut(f, *f.wait_live(cut, {"lines", "totals"}));
  }
  check_at_its_cut(f, *f.wait_live(f.shop.log().state()->cut, {"lines", "totals"}));
}

TEST_CASE("ViewShowsNothingBeforeItsInputsAreWholeTables") {
  ViewsFixture f;
  f.open({kLinesSql});
  f.shop.begin();
  f.shop.set_customer(1, "Ada");
  f.shop.set_order(1, test::Order{1, 5});
  f.shop.commit();
  auto waiting = f.wait([](const ViewSnapshot& snapshot) {
    return snapshot.views().count("lines") != 0 && snapshot.cut() >= CutId(2);
  });
  CHECK(waiting->views().at("lines").status.state == ViewState::building);
  CHECK_THAT(ViewsFixture::read(*waiting, "lines")[0],
             Catch::Contains("waits for the first snapshot of shop.public."));
  f.shop.switch_in();
  CHECK(ViewsFixture::read(*f.wait_live(CutId(1), {"lines"}), "lines") == Rows{"1|Ada|5"});
}

TEST_CASE("KilledMaintainerComesBackToTheSameRows") {
  uint64_t seed = test::seed();
  INFO("LEAT_SEED=" << seed);
  test::Random random(seed);
  ViewsFixture f;
  f.options.flush_interval = std::chrono::seconds(0);  // a flush may be anywhere
  f.options.step_bytes_max = 500;
  f.open({kLinesSql, kTotalsSql});
  f.shop.begin();
  f.shop.switch_in();
  f.wait_live(CutId(1), {"lines", "totals"});
  for (int round = 0; round < 15; ++round) {
    for (int i = 0; i < 20; ++i) {
      change_something(f.shop, random, 1 + random.below(20));
      if (random.one_in(15)) f.shop.truncate_orders();
      f.shop.commit();
    }
    if (random.one_in(2)) f.wait_live(f.shop.log().state()->cut, {"lines", "totals"});
    CutId seen = f.maintainer->snapshot()->cut();
    f.kill();
    f.options.step_bytes_max = 200 + random.below(5000);
    f.open({kLinesSql, kTotalsSql});
    auto first = f.wait_live(CutId(1), {"lines", "totals"});
    CHECK(first->cut() >= seen);
    check_at_its_cut(f, *first);
  }
}

TEST_CASE("HugeCutIsPublishedWhole") {
  ViewsFixture f;
  f.options.step_bytes_max = 2'000;
  f.open({kLinesSql, kTotalsSql});
  f.shop.begin();
  f.shop.switch_in();
  f.wait_live(CutId(1), {"lines", "totals"});
  f.shop.set_customer(1, "Ada");
  CutId before = f.shop.commit();
  auto last = f.wait_live(before, {"lines", "totals"});
  for (int64_t id = 0; id < 5'000; ++id) f.shop.set_order(id, test::Order{1, id});
  CutId huge = f.shop.commit();
  while (last->cut() < huge) {
    CHECK(last->cut() == before);
    CHECK(ViewsFixture::read(*last, "lines").empty());
    last = f.maintainer->snapshot();
  }
  check_at_its_cut(f, *last);
}

TEST_CASE("LagIsCountedInBytesAndWhileABacklogLastsFromTheSourcesCommit") {
  ViewsFixture f;
  f.options.step_bytes_max = 300;
  f.open({kLinesSql, kTotalsSql});
  f.shop.begin();
  f.shop.switch_in();
  f.wait_live(CutId(1), {"lines", "totals"});
  constexpr int64_t kHourMs = 3'600'000;
  f.shop.commit_time_ms = Clock::system().unix_us() / 1000 - kHourMs;
  f.shop.set_customer(1, "Ada");
  for (int64_t id = 0; id < 5'000; ++id) f.shop.set_order(id, test::Order{1, id});
  CutId huge = f.shop.commit();
  int64_t behind_ms = 0;
  uint64_t behind_bytes = 0;
  while (f.maintainer->snapshot()->cut() < huge) {
    ViewStatus lines = f.status_of("lines");
    behind_ms = std::max(behind_ms, lines.behind_ms);
    behind_bytes = std::max(behind_bytes, lines.behind_bytes);
  }
  CHECK(behind_ms >= kHourMs);
  CHECK(behind_bytes > 5'000 * 10);
  f.wait([&](const ViewSnapshot&) { return f.status_of("lines").behind_bytes == 0; });
  CHECK(f.status_of("lines").behind_ms == 0);
}

TEST_CASE("NewViewIsBuiltWhileTheOthersStayLive") {
  uint64_t seed = test::seed();
  INFO("LEAT_SEED=" << seed);
  test::Random random(seed);
  ViewsFixture f;
  f.open({kLinesSql});
  f.shop.begin();
  f.shop.switch_in();
  change_something(f.shop, random, 30);
  CutId cut = f.shop.commit();
  f.wait_live(cut, {"lines"});
  f.define({kLinesSql, kTotalsSql});
  for (int i = 0; i < 50; ++i) {
    change_something(f.shop, random, 3);
    cut = f.shop.commit();
    auto snapshot = f.wait_live(cut, {"lines"});
    CHECK(ViewsFixture::read(*snapshot, "lines") == expected_lines(f.shop.at(snapshot->cut())));
  }
  check_at_its_cut(f, *f.wait_live(cut, {"lines", "totals"}));
  // Both groups go on in lockstep, also over a restart.
  f.kill();
  f.open({kLinesSql, kTotalsSql});
  change_something(f.shop, random, 3);
  check_at_its_cut(f, *f.wait_live(f.shop.commit(), {"lines", "totals"}));
}

TEST_CASE("ChangedDefinitionAnswersAsBeforeUntilItIsBuilt") {
  ViewsFixture f;
  f.open({kLinesSql, kTotalsSql});
  f.shop.begin();
  f.shop.set_customer(1, "Ada");
  f.shop.set_order(1, test::Order{1, 5});
  f.shop.switch_in();
  auto before = f.wait_live(CutId(1), {"lines"});
  f.define(
      {"CREATE MATERIALIZED VIEW lines AS SELECT id, amount * 2 AS twice FROM orders", kTotalsSql});
  auto after = f.wait([](const ViewSnapshot& snapshot) {
    Rows rows = ViewsFixture::read(snapshot, "lines");
    if (rows == Rows{"1|10"}) return true;
    CHECK(rows == Rows{"1|Ada|5"});
    return false;
  });
  CHECK(ViewsFixture::read(*after, "totals") == Rows{"1|1|5"});
  before.reset();
  after.reset();
  f.stop();
  f.open({kTotalsSql});
  auto kept = f.wait_live(CutId(1), {"lines", "totals"});
  CHECK(ViewsFixture::read(*kept, "lines") == Rows{"1|10"});
  f.wait([](const ViewSnapshot& s) { return s.views().at("lines").status.removed; });
  REQUIRE(f.maintainer->drop("lines").ok());
  f.wait([](const ViewSnapshot& s) { return s.views().count("lines") == 0; });
  CHECK_FALSE(f.maintainer->drop("totals").ok());
}

TEST_CASE("RowErrorIsTheAnswerUntilItIsRetracted") {
  ViewsFixture f;
  f.open({"CREATE MATERIALIZED VIEW shares AS SELECT id, 100 / amount AS share FROM orders"});
  f.shop.begin();
  f.shop.set_order(1, test::Order{1, 5});
  f.shop.switch_in();
  CHECK(ViewsFixture::read(*f.wait_live(CutId(1), {"shares"}), "shares") == Rows{"1|20"});
  f.shop.set_order(2, test::Order{1, 0});
  CutId cut = f.shop.commit();
  auto failing = f.wait_live(cut, {"shares"});
  CHECK_THAT(ViewsFixture::read(*failing, "shares")[0], Catch::Contains("division by zero"));
  failing.reset();
  f.stop();
  f.open({"CREATE MATERIALIZED VIEW shares AS SELECT id, 100 / amount AS share FROM orders"});
  failing = f.wait_live(cut, {"shares"});
  CHECK_THAT(ViewsFixture::read(*failing, "shares")[0], Catch::Contains("division by zero"));
  f.shop.set_order(2, test::Order{1, 4});
  cut = f.shop.commit();
  CHECK(ViewsFixture::read(*f.wait_live(cut, {"shares"}), "shares") == Rows{"1|20", "2|25"});
}

TEST_CASE("StoppedTopicFreezesItsViewsAtTheCutBeforeAndTheOthersGoOn") {
  ViewsFixture f;
  const char* names = "CREATE MATERIALIZED VIEW names AS SELECT id, name FROM customers";
  f.open({kTotalsSql, names});
  f.shop.begin();
  f.shop.set_order(1, test::Order{1, 5});
  f.shop.switch_in();
  CutId before = f.shop.log().state()->cut;
  f.wait_live(before, {"totals", "names"});
  f.shop.stop(test::kOrders, "a column cannot be read");
  f.shop.set_customer(1, "Ada");
  CutId cut = f.shop.commit();
  auto snapshot = f.wait_live(cut, {"names"});
  const ViewStatus& totals = snapshot->views().at("totals").status;
  CHECK(totals.state == ViewState::frozen);
  CHECK(totals.cut == before);
  CHECK_THAT(totals.reason, Catch::Contains("a column cannot be read"));
  CHECK(ViewsFixture::read(*snapshot, "totals") == Rows{"1|1|5"});
  CHECK(ViewsFixture::read(*snapshot, "names") == Rows{"1|Ada"});
  std::vector<std::string> both = {"names", "totals"};
  CHECK_FALSE(snapshot->check_one_cut(both).ok());

  // A new snapshot of the table ends the stop: the view is built anew.
  snapshot.reset();
  f.stop();
  f.open({kTotalsSql, names});
  CHECK(f.wait_live(cut, {"names"})->views().at("totals").status.state == ViewState::frozen);
  f.shop.truncate_orders();
  f.shop.set_order(7, test::Order{2, 9});
  cut = f.shop.commit();
  CHECK(ViewsFixture::read(*f.wait_live(cut, {"totals", "names"}), "totals") == Rows{"2|1|9"});
}

TEST_CASE("ChangedColumnsFreezeTheViewUntilItIsBuiltAnew") {
  ViewsFixture f;
  f.open({kTotalsSql});
  f.shop.begin();
  f.shop.set_order(1, test::Order{1, 5});
  f.shop.switch_in();
  f.wait_live(CutId(1), {"totals"});
  Schema wider = test::ShopLog::orders_schema();
  wider.columns.push_back({"note", {TypeId::text}, true});
  f.shop.begin_generation(test::kOrders, wider);
  f.shop.commit();
  Datum values[] = {Datum::of_int(1), Datum::of_int(1), Datum::of_int(6), Datum::of_bytes("x")};
  std::string row;
  append_row(wider.row_type(), values, &row);
  f.shop.append(test::kOrders, 1, std::nullopt, row);
  f.shop.switch_generation(test::kOrders);
  CutId cut = f.shop.commit();
  CHECK(ViewsFixture::read(*f.wait_live(cut, {"totals"}), "totals") == Rows{"1|1|6"});
}

// More than there are slots for groups.
TEST_CASE("ViewsAddedOneByOneAreGatheredIntoOneGroupBeforeTheRoomEnds") {
  ViewsFixture f;
  f.open({kTotalsSql});
  f.shop.begin();
  f.shop.set_order(1, test::Order{1, 5});
  f.shop.switch_in();
  f.wait_live(CutId(1), {"totals"});
  std::vector<std::string> definitions = {kTotalsSql};
  std::vector<std::string> names = {"totals"};
  for (uint32_t i = 0; i < kGroupSlots + 2; ++i) {
    names.push_back("v" + std::to_string(i));
    definitions.push_back("CREATE MATERIALIZED VIEW " + names.back() + " AS SELECT id, amount + " +
                          std::to_string(i) + " AS a FROM orders");
    f.define(definitions);
    f.wait_live(CutId(1), names);
  }
  f.shop.set_order(1, test::Order{1, 6});
  auto snapshot = f.wait_live(f.shop.commit(), names);
  CHECK(ViewsFixture::read(*snapshot, "totals") == Rows{"1|1|6"});
  CHECK(ViewsFixture::read(*snapshot, "v0") == Rows{"1|6"});
  CHECK(ViewsFixture::read(*snapshot, "v9") == Rows{"1|15"});
}

TEST_CASE("RebuiltViewAnswersAllTheTimeAndCommandsAfterTheEndAreRefused") {
  ViewsFixture f;
  f.open({kTotalsSql});
  f.shop.begin();
  f.shop.set_order(1, test::Order{1, 5});
  f.shop.switch_in();
  ViewId before = f.wait_live(CutId(1), {"totals"})->views().at("totals").id;
  REQUIRE(f.maintainer->rebuild("totals").ok());
  f.wait([&](const ViewSnapshot& snapshot) {
    CHECK(ViewsFixture::read(snapshot, "totals") == Rows{"1|1|5"});
    return snapshot.views().at("totals").id != before;
  });
  CHECK_FALSE(f.maintainer->rebuild("nobody").ok());
  REQUIRE(f.maintainer->stop().ok());
  CHECK_FALSE(f.maintainer->rebuild("totals").ok());
}

TEST_CASE("ViewThatCannotBePlannedSaysWhereAndWaitsForMissingTables") {
  ViewsFixture f;
  f.open({"CREATE MATERIALIZED VIEW bad AS SELECT o.prize FROM orders o",
          "CREATE MATERIALIZED VIEW later AS SELECT id FROM ordres", "CREATE nonsense",
          kTotalsSql});
  f.shop.begin();
  f.shop.switch_in();
  f.wait_live(CutId(1), {"totals"});
  f.wait([&](const ViewSnapshot&) { return f.status_of("bad").invalid; });
  CHECK_THAT(f.status_of("bad").reason,
             Catch::Contains("views/0.sql:1:40: column o.prize does not exist"));
  CHECK_FALSE(f.status_of("later").invalid);
  CHECK(f.status_of("later").state == ViewState::waiting);
  CHECK_THAT(f.status_of("later").reason, Catch::Contains("did you mean orders?"));
}

}  // namespace
}  // namespace leat::views
