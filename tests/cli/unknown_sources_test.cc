#include "cli/topics/unknown_sources.h"

#include <catch2/catch.hpp>
#include <memory>

namespace leat::cli {
namespace {

std::shared_ptr<const log::TopicState> topic(const std::string& name, log::TopicKind kind) {
  auto out = std::make_shared<log::TopicState>();
  out->name = name;
  out->kind = kind;
  return out;
}

TEST_CASE("ASourceThatHasTopicsAndIsNotConfiguredIsNamed") {
  log::LogState state;
  state.topics = {topic("clicks", log::TopicKind::stream),
                  topic("leat.schemas", log::TopicKind::table),
                  topic("old.public.orders", log::TopicKind::table),
                  topic("old.public.people", log::TopicKind::table),
                  topic("shop.public.orders", log::TopicKind::table)};
  Config config;
  config.sources.emplace_back().name = "shop";
  CHECK(unknown_sources(state, config) == std::vector<std::string>{"old"});
}

}  // namespace
}  // namespace leat::cli
