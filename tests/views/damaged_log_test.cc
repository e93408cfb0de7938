// A partition whose bytes on the disk are not what was written: found by the views that read it.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/views/fixture.h"

namespace leat::views {
namespace {

using test::expected_totals;
using test::kTotalsSql;
using test::Rows;
using test::ViewsFixture;

const char* const kNamesSql = "CREATE MATERIALIZED VIEW names AS SELECT id, name FROM customers";
const char* const kAmountsSql = "CREATE MATERIALIZED VIEW amounts AS SELECT id, amount FROM orders";

// Flips the last byte of every segment of the orders, behind the log's back.
void damage_orders(const ViewsFixture& f) {
  size_t damaged = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(f.dir_ / "log")) {
    bool wanted = entry.path().string().find("orders-") != std::string::npos &&
                  entry.path().extension() == ".log" && entry.file_size() > 0;
    if (!wanted) continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(-1, std::ios::end);
    char last = static_cast<char>(file.get());
    file.seekp(-1, std::ios::end);
    file.put(static_cast<char>(last ^ 1));
    ++damaged;
  }
  REQUIRE(damaged > 0);
}

void begin(ViewsFixture& f) {
  f.shop.begin();
  f.shop.set_customer(1, "Ada");
  for (int64_t id = 0; id < 100; ++id) f.shop.set_order(id, test::Order{id % 7, id});
  f.shop.switch_in();
}

TEST_CASE("DamagedTopicFreezesItsViewsAloneAndNamesThePlace") {
  ViewsFixture f;
  f.open({kTotalsSql, kAmountsSql, kNamesSql});
  begin(f);
  f.wait_live(CutId(1), {"totals", "amounts", "names"});
  f.kill();
  for (int64_t id = 0; id < 30; ++id) f.shop.set_order(id, test::Order{3, id});
  f.shop.set_customer(2, "Bob");
  CutId cut = f.shop.commit();
  damage_orders(f);
  f.open({kTotalsSql, kAmountsSql, kNamesSql});
  f.shop.set_customer(3, "Cai");
  cut = f.shop.commit();
  auto snapshot = f.wait_live(cut, {"names"});
  CHECK(ViewsFixture::read(*snapshot, "names") == Rows{"1|Ada", "2|Bob", "3|Cai"});
  for (const char* name : {"totals", "amounts"}) {
    INFO(name);
    const ViewStatus& status = snapshot->views().at(name).status;
    CHECK(status.state == ViewState::frozen);
    CHECK(status.cut < cut);
    CHECK_THAT(status.reason, Catch::Contains("shop.public.orders") && Catch::Contains(".log") &&
                                  Catch::Contains("leat source resnapshot shop"));
  }
  const ViewStatus& totals = snapshot->views().at("totals").status;
  CHECK(ViewsFixture::read(*snapshot, "totals") == expected_totals(f.shop.at(totals.cut)));

  // It stays so over a restart, and ends with a new copy of the table.
  snapshot.reset();
  f.stop();
  f.open({kTotalsSql, kAmountsSql, kNamesSql});
  CHECK(f.wait_live(cut, {"names"})->views().at("totals").status.state == ViewState::frozen);
  f.shop.truncate_orders();
  f.shop.set_order(7, test::Order{2, 9});
  cut = f.shop.commit();
  auto healed = f.wait_live(cut, {"totals", "amounts", "names"});
  CHECK(ViewsFixture::read(*healed, "totals") == Rows{"2|1|9"});
}

// The group runs and has read the records before; a truncation makes it read them once more.
TEST_CASE("DamageUnderARunningGroupStopsOnlyWhatReadsIt") {
  ViewsFixture f;
  f.options.step_bytes_max = GENERATE(300, 1 << 20);  // the small one: inside the cut
  f.open({kTotalsSql, kNamesSql});
  begin(f);
  CutId cut = f.shop.log().state()->cut;
  f.wait_live(cut, {"totals", "names"});
  damage_orders(f);
  f.shop.truncate_orders();
  f.shop.set_customer(2, "Bob");
  cut = f.shop.commit();
  auto snapshot = f.wait_live(cut, {"names"});
  CHECK(ViewsFixture::read(*snapshot, "names") == Rows{"1|Ada", "2|Bob"});
  // What the truncation left is sound: the view is built anew from it.
  f.shop.set_order(7, test::Order{2, 9});
  cut = f.shop.commit();
  CHECK(ViewsFixture::read(*f.wait_live(cut, {"totals", "names"}), "totals") == Rows{"2|1|9"});
}

TEST_CASE("BuildOverADamagedTopicDoesNotHoldBackTheOthers") {
  ViewsFixture f;
  f.open({});
  begin(f);
  damage_orders(f);
  f.define({kTotalsSql, kNamesSql});
  auto snapshot = f.wait_live(f.shop.log().state()->cut, {"names"});
  CHECK(ViewsFixture::read(*snapshot, "names") == Rows{"1|Ada"});
  CHECK(f.status_of("totals").state == ViewState::frozen);
  CHECK_THAT(ViewsFixture::read(*snapshot, "totals")[0],
             Catch::Contains("no whole cut to show") && Catch::Contains("shop.public.orders"));
  f.shop.truncate_orders();
  f.shop.set_order(7, test::Order{2, 9});
  CutId cut = f.shop.commit();
  CHECK(ViewsFixture::read(*f.wait_live(cut, {"totals", "names"}), "totals") == Rows{"2|1|9"});
}

TEST_CASE("ViewWhoseRebuildFailsAnswersAsBeforeAndSaysWhyItWasNotRebuilt") {
  ViewsFixture f;
  f.open({kTotalsSql, kNamesSql});
  begin(f);
  CutId cut = f.shop.log().state()->cut;
  f.wait_live(cut, {"totals", "names"});
  damage_orders(f);
  auto asks_in_vain = [&] {
    REQUIRE(f.maintainer->rebuild("totals").ok());
    for (int i = 0; i < 6000 && f.status_of("totals").reason.empty(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ViewStatus status = f.status_of("totals");
    CHECK(status.state == ViewState::live);
    CHECK_THAT(status.reason, Catch::Contains("it was not built once more") &&
                                  Catch::Contains("damaged") &&
                                  Catch::Contains("leat view rebuild totals"));
  };
  asks_in_vain();  // meets the damage
  f.shop.set_customer(2, "Bob");
  f.wait_live(f.shop.commit(), {"totals", "names"});
  CHECK_FALSE(f.status_of("totals").reason.empty());
  asks_in_vain();  // knows of it
}

}  // namespace
}  // namespace leat::views
