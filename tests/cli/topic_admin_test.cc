#include "cli/topics/topic_admin.h"

#include <catch2/catch.hpp>

#include "log/local_log.h"
#include "tests/support/process.h"

namespace leat::cli {
namespace {

using Catch::Matchers::Contains;

const std::string kYaml =
    "sources:\n"
    "  shop:\n"
    "    postgres: postgresql://leat@localhost/shop\n"
    "    tables: [public.o*]\n"
    "topics:\n"
    "  clicks: {segment_age: 2h}\n";

struct Harness {
  test::TempDir dir;
  Config config = *parse_config("leat.yaml", kYaml);
  std::unique_ptr<log::LocalLog> log = *log::LocalLog::open(
      {.fs = Fs::posix(), .clock = Clock::system(), .dir = dir / "log", .journal_bytes = 1 << 20});

  NewTopic clicks() const { return {"clicks", log::TopicKind::stream, 2, "page text", "", {}}; }
  const log::TopicState* find(const std::string& topic) {
    state = log->state();
    return state->find(topic);
  }
  std::shared_ptr<const log::LogState> state;

  void make_table(const std::string& topic) {
    log::CommitUnit unit;
    unit.edits.push_back(log::CreateTopic{topic});
    REQUIRE(*log->wait_durable(*log->submit(std::move(unit)), std::chrono::seconds(10)));
  }
};

std::string error_of(const Status& status) {
  return status.ok() ? "" : status.error().message();
}

TEST_CASE("ACreatedTopicHasItsKindColumnsPartitionsAndSettings") {
  Harness h;
  NewTopic rates{"rates", log::TopicKind::table, 3, "code text, rate numeric",
                 "code",  {"codec=lz4"}};
  REQUIRE(error_of(create_topic(*h.log, h.config, rates)) == "");
  const log::TopicState* topic = h.find("rates");
  REQUIRE(topic != nullptr);
  CHECK(topic->kind == log::TopicKind::table);
  REQUIRE(topic->current);
  CHECK(topic->current->partitions.size() == 3);
  CHECK(topic->settings.codec == log::BatchCodec::lz4);
  auto schema = h.log->schema(topic->current->schema);
  REQUIRE(schema->columns.size() == 2);
  CHECK(schema->columns[0] == Column{"code", {TypeId::text}, false});
  CHECK(schema->key_columns == std::vector<int>{0});
}

TEST_CASE("ATopicThatCannotBeIsRefusedAndSaysWhy") {
  Harness h;
  auto refused = [&](auto change) {
    NewTopic topic = h.clicks();
    change(topic);
    return error_of(create_topic(*h.log, h.config, topic));
  };
  CHECK_THAT(refused([](auto& t) { t.name = "a b"; }), Contains("not ' '"));
  CHECK_THAT(refused([](auto& t) { t.name = "\xC3\x9Cn\xC3\xAF"; }), Contains("not '\xC3\x9C'"));
  CHECK_THAT(refused([](auto& t) { t.name = "a\xE9"; }), Contains("not the byte 0xE9"));
  CHECK_THAT(refused([](auto& t) { t.name = std::string(241, 'x'); }),
             Contains("1 to 240 characters, not 241"));
  CHECK_THAT(refused([](auto& t) { t.name = "leat.x"; }), Contains("log's own"));
  CHECK_THAT(refused([](auto& t) { t.name = "shop.x"; }), Contains("source's tables"));
  CHECK_THAT(refused([](auto& t) { t.columns = "page"; }), Contains("has no type"));
  CHECK_THAT(
      refused([](auto& t) { t.columns = "page string"; }),
      Contains("column page: there is no type 'string'; there are boolean, smallint, integer") &&
          Contains("jsonb"));
  CHECK_THAT(refused([](auto& t) { t.columns = "x numeric(10, 2), y int"; }),
             Contains("write numeric instead of numeric(10, 2)"));
  CHECK_THAT(refused([](auto& t) { t.columns = "x json", t.key = "x"; }), Contains("take jsonb"));
  CHECK_THAT(refused([](auto& t) { t.key = "page, page"; }), Contains("stands twice"));
  CHECK_THAT(refused([](auto& t) { t.kind = log::TopicKind::table; }), Contains("needs a key"));
  CHECK_THAT(refused([](auto& t) { t.partitions = 0; }), Contains("partitions"));
  CHECK_THAT(refused([](auto& t) { t.settings = {"compaction_lag_min=1h"}; }),
             Contains("setting of table topics"));
  REQUIRE(refused([](auto&) {}) == "");
  CHECK_THAT(refused([](auto&) {}), Contains("there is a topic of this name"));
  h.make_table("a.b");
  CHECK_THAT(refused([](auto& t) { t.name = "a_b"; }), Contains("Kafka's metrics"));
}

TEST_CASE("ColumnsTakeTheNamesOfTypesThatViewsTake") {
  Harness h;
  NewTopic topic = h.clicks();
  topic.name = std::string(240, 'x');
  topic.columns = "at timestamptz, n int not null, b INT8, d double  precision, v varchar";
  REQUIRE(error_of(create_topic(*h.log, h.config, topic)) == "");
  auto columns = h.log->schema(h.find(topic.name)->current->schema)->columns;
  REQUIRE(columns.size() == 5);
  CHECK(columns[0] == Column{"at", {TypeId::timestamptz}, true});
  CHECK(columns[1] == Column{"n", {TypeId::int32}, false});
  CHECK(columns[2].type.id == TypeId::int64);
  CHECK(columns[3].type.id == TypeId::float64);
  CHECK(columns[4].type.id == TypeId::text);
}

TEST_CASE("WhatLeatYamlSetsIsNotAlteredButThere") {
  Harness h;
  REQUIRE(error_of(create_topic(*h.log, h.config, h.clicks())) == "");
  CHECK(h.find("clicks")->settings.segment_age_ms_max == 2 * 60 * 60 * 1000);
  CHECK_THAT(error_of(alter_topic(*h.log, h.config, "clicks", {"segment_age=3h"})),
             Contains("leat.yaml:6 sets segment_age of clicks to 2h"));
  REQUIRE(error_of(alter_topic(*h.log, h.config, "clicks", {"codec=zstd", "retention=1d"})) == "");
  CHECK(h.find("clicks")->settings.codec == log::BatchCodec::zstd);
  CHECK_THAT(error_of(alter_topic(*h.log, h.config, "clicks", {"codec"})), Contains("NAME=VALUE"));
  CHECK_THAT(error_of(alter_topic(*h.log, h.config, "clicks", {"codek=lz4"})),
             Contains("did you mean 'codec'"));
  CHECK_THAT(error_of(alter_topic(*h.log, h.config, "click", {"codec=lz4"})),
             Contains("did you mean clicks?"));
}

TEST_CASE("ATopicThatASourceWritesOrAViewReadsIsNotDeleted") {
  Harness h;
  h.make_table("shop.public.orders");
  h.make_table("shop.public.customers");
  CHECK_THAT(error_of(delete_topic(*h.log, h.config, {}, "shop.public.orders")),
             Contains("source shop writes shop.public.orders: take its table out"));
  TopicViews views{{"shop.public.customers", {"lines"}}};
  CHECK_THAT(error_of(delete_topic(*h.log, h.config, views, "shop.public.customers")),
             Contains("is read by view lines"));
  CHECK(h.find("shop.public.customers") != nullptr);
  REQUIRE(error_of(delete_topic(*h.log, h.config, {}, "shop.public.customers")) == "");
  CHECK(h.find("shop.public.customers") == nullptr);
}

}  // namespace
}  // namespace leat::cli
