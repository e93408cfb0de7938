// Views over a log that compaction has shortened: what they are built from is no longer the
// history.
#include <catch2/catch.hpp>
#include <filesystem>

#include "compaction/cleaner.h"
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

// A cut of a few changes of few keys, so that most of the history is superseded.
CutId change_something(test::ShopLog& shop, test::Random& random) {
  for (size_t i = 1 + random.below(6); i > 0; --i) {
    int64_t customer = random.between(1, 8);
    if (random.one_in(4)) {
      bool deletes = random.one_in(3);
      shop.set_customer(customer, deletes ? std::optional<std::string>()
                                          : "c" + std::to_string(random.below(100)));
    } else {
      bool deletes = random.one_in(4);
      shop.set_order(random.between(1, 40), deletes
                                                ? std::optional<test::Order>()
                                                : test::Order{customer, random.between(-50, 50)});
    }
  }
  return shop.commit();
}

struct Answers {
  Rows lines, totals;
  friend bool operator==(const Answers&, const Answers&) = default;
};

Answers answers_at(ViewsFixture& f, CutId cut) {
  auto snapshot = f.wait_live(cut, {"lines", "totals"});
  return {ViewsFixture::read(*snapshot, "lines"), ViewsFixture::read(*snapshot, "totals")};
}

void compact_everything(test::ShopLog& shop) {
  compaction::Cleaner cleaner(shop.segments(), {});
  for (const char* topic : {test::kCustomers, test::kOrders}) {
    compaction::Progress progress;
    auto done = cleaner.compact_now(topic, progress);
    if (!done.ok()) FAIL(done.error().message());
    CHECK(done->held_back_bytes == 0);
    CHECK(done->records_kept < done->records_read / 2);
  }
}

}  // namespace

TEST_CASE("AViewBuiltFromACompactedLogEqualsOneThatLivedThroughTheHistory") {
  uint64_t seed = test::seed();
  INFO("LEAT_SEED=" << seed);
  test::Random random(seed);
  ViewsFixture f;
  f.shop.begin();
  f.shop.switch_in();
  f.open({kLinesSql, kTotalsSql});
  for (int round = 0; round < 3; ++round) {
    CutId cut;
    for (int i = 0; i < 200; ++i) cut = change_something(f.shop, random);
    Answers lived = answers_at(f, cut);
    f.stop();  // flushed: nothing holds compaction back
    compact_everything(f.shop);
    CutId beside;  // some of the history that is not compacted
    for (int i = 0; i < 5; ++i) beside = change_something(f.shop, random);

    f.open({kLinesSql, kTotalsSql});
    Answers went_on = answers_at(f, beside);
    f.stop();
    std::filesystem::remove_all(f.dir_ / "state");
    f.open({kLinesSql, kTotalsSql});
    Answers built = answers_at(f, beside);
    CHECK(built == went_on);
    CHECK(lived == Answers{expected_lines(f.shop.at(cut)), expected_totals(f.shop.at(cut))});
    CHECK(built == Answers{expected_lines(f.shop.now()), expected_totals(f.shop.now())});
  }
}

}  // namespace leat::views
