#include "cli/config/topic_rules.h"

#include <catch2/catch.hpp>

#include "cli/config/config.h"
#include "cli/text/duration.h"
#include "cli/topics/setting_text.h"
#include "log/local_log.h"
#include "tests/support/process.h"

namespace leat::cli {
namespace {

using Catch::Matchers::Contains;
using log::BatchCodec;
using log::TopicKind;
using log::TopicSettings;

constexpr int64_t kHourMs = 60 * 60 * 1000;

Result<Config> parse(const std::string& topics) {
  return parse_config("leat.yaml",
                      "sources:\n"
                      "  shop:\n"
                      "    postgres: postgresql://leat@localhost/shop\n"
                      "topics:\n" +
                          topics);
}

std::vector<TopicRule> rules_of(const std::string& topics) {
  auto config = parse(topics);
  if (!config.ok()) FAIL(config.error().message());
  return config->topics;
}

std::string error_of(const std::string& topics) {
  auto config = parse(topics);
  REQUIRE_FALSE(config.ok());
  return config.error().message();
}

TEST_CASE("TheLastEntryThatMatchesAndNamesASettingCounts") {
  auto rules = rules_of(
      "  \"*\": {codec: lz4, segment_age: 2h}\n"
      "  shop.public.*: {codec: zstd}\n"
      "  other.*: {codec: none}\n");
  TopicSettings settings = settings_by_rules(rules, "shop.public.orders", TopicKind::table, {});
  CHECK(settings.codec == BatchCodec::zstd);
  CHECK(settings.segment_age_ms_max == 2 * kHourMs);
  CHECK(settings_by_rules(rules, "shop.sales.a", TopicKind::table, {}).codec == BatchCodec::lz4);
}

TEST_CASE("SettingsOfTheOtherKindAndTopicsOfTheLogsOwnAreLeftAlone") {
  auto rules = rules_of("  \"*\": {codec: lz4, retention: 1h, compaction_lag_min: 1h}\n");
  TopicSettings table = settings_by_rules(rules, "orders", TopicKind::table, {});
  CHECK(table.retention_ms == TopicSettings().retention_ms);
  CHECK(table.compaction_lag_ms_min == kHourMs);
  TopicSettings stream = settings_by_rules(rules, "events", TopicKind::stream, {});
  CHECK(stream.retention_ms == kHourMs);
  CHECK(stream.compaction_lag_ms_min == 0);
  CHECK(settings_by_rules(rules, "leat.schemas", TopicKind::table, {}) == TopicSettings());
}

TEST_CASE("APatternsStarsStandForAnyRunOfCharacters") {
  auto rules = rules_of("  a*b*c: {codec: lz4}\n");
  auto hits = [&](std::string_view topic) { return rule_for(rules, topic, "codec") != nullptr; };
  CHECK(hits("abc"));
  CHECK(hits("a.b.b.c"));
  CHECK(hits("aXbXcYc"));
  CHECK_FALSE(hits("abcd"));
  CHECK_FALSE(hits("ac"));
  CHECK_FALSE(hits("xabc"));
}

TEST_CASE("AWrongSettingIsRefusedWithItsLine") {
  CHECK(error_of("  orders:\n    codek: lz4\n") ==
        "leat.yaml:6: unknown key 'codek' under topics.orders; did you mean 'codec'?");
  CHECK_THAT(error_of("  orders:\n    codec: gzip\n"),
             Contains("leat.yaml:6: topics.orders: codec must be none, lz4 or zstd, not 'gzip'"));
  CHECK_THAT(error_of("  orders:\n    retention: 10\n"), Contains("such as 30s, 12h or 7d"));
  CHECK_THAT(error_of("  orders:\n    retention: 1s\n"), Contains("less than a minute"));
  CHECK_THAT(error_of("  orders:\n    segment_bytes: 2GB\n"), Contains("1 MB to 1 GB"));
}

TEST_CASE("EverySettingReadsBackTheTextThatItShows") {
  for (TopicKind kind : {TopicKind::table, TopicKind::stream}) {
    for (const auto& [name, value] : topic_settings_text(kind, {})) {
      INFO(name << "=" << value);
      TopicSettings settings;
      CHECK(set_topic_setting(name, value, &settings).ok());
      CHECK(settings == TopicSettings());
    }
  }
  TopicSettings settings;
  REQUIRE(set_topic_setting("segment_bytes", "65536KB", &settings).ok());
  CHECK(topic_setting_text("segment_bytes", settings) == "64MB");
  REQUIRE(set_topic_setting("tombstone_retention", "90 min", &settings).ok());
  CHECK(topic_setting_text("tombstone_retention", settings) == "90min");
}

TEST_CASE("LengthsOfTimeAreReadExactlyAndOthersRefused") {
  CHECK(parse_duration_ms("250ms") == 250);
  CHECK(parse_duration_ms("0") == 0);
  CHECK(parse_duration_ms("7d") == 7 * 24 * kHourMs);
  CHECK(parse_duration_ms("forever") == INT64_MAX);
  for (const char* wrong : {"", "5", "h", "-1h", "1.5h", "1 hour", "999999999999999999d"}) {
    CHECK_FALSE(parse_duration_ms(wrong).has_value());
  }
  CHECK(exact_duration_text(kHourMs) == "1h");
  CHECK(exact_duration_text(1500) == "1500ms");
}

TEST_CASE("TheRulesAreAppliedToTheTopicsThatExist") {
  test::TempDir dir;
  auto log =
      *log::LocalLog::open({.fs = Fs::posix(), .clock = Clock::system(), .dir = dir / "log"});
  log::CommitUnit unit;
  unit.edits.push_back(log::CreateTopic{"orders"});
  REQUIRE(log->submit(std::move(unit)).ok());
  REQUIRE(log->wait_cut(CutId(0), std::chrono::seconds(10)).ok());
  REQUIRE(apply_topic_rules(rules_of("  orders: {codec: lz4}\n"), *log).ok());
  CHECK(log->state()->find("orders")->settings.codec == BatchCodec::lz4);
  CutId cut = log->state()->cut;
  REQUIRE(apply_topic_rules(rules_of("  orders: {codec: lz4}\n"), *log).ok());
  CHECK(log->state()->cut == cut);
}

}  // namespace
}  // namespace leat::cli
