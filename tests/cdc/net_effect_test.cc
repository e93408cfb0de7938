#include "cdc/net_effect.h"

#include <catch2/catch.hpp>
#include <tuple>
#include <vector>

namespace leat::cdc {
namespace {

using Effect = std::tuple<std::string, std::string, std::string>;  // key, before, after; "-": none

std::vector<Effect> effects_of(const NetEffect& net) {
  std::vector<Effect> out;
  bool whole = net.for_each([&](std::string_view key, auto before, auto after) {
    out.emplace_back(key, before.value_or("-"), after.value_or("-"));
  });
  REQUIRE(whole);
  return out;
}

TEST_CASE("RowsThatTradeKeysAreOneUpdateEach") {
  NetEffect net;
  net.retract("1", "a");
  net.insert("2", "a'");
  net.retract("2", "b");
  net.insert("1", "b'");
  CHECK(effects_of(net) == std::vector<Effect>{{"1", "a", "b'"}, {"2", "b", "a'"}});
}

TEST_CASE("AKeyTakenBeforeItIsFreedEndsAsAnUpdate") {
  NetEffect net;
  net.insert("1", "new");
  net.retract("1", "old");
  CHECK(effects_of(net) == std::vector<Effect>{{"1", "old", "new"}});
}

TEST_CASE("WhatEndsAsItBeganIsNoEffect") {
  NetEffect net;
  net.retract("1", "a");
  net.insert("1", "b");
  net.retract("1", "b");
  net.insert("1", "a");
  net.insert("2", "x");
  net.retract("2", "x");
  CHECK(effects_of(net).empty());
}

TEST_CASE("TwoRowsLeftUnderOneKeyAreRefused") {
  NetEffect net;
  net.insert("1", "a");
  net.insert("1", "b");
  CHECK_FALSE(net.for_each([](std::string_view, auto, auto) {}));
}

}  // namespace
}  // namespace leat::cdc
