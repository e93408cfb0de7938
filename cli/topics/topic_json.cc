#include <nlohmann/json.hpp>

#include "cli/topics/topic_report.h"

namespace leat::cli {
namespace {

using nlohmann::json;

json to_json(const TopicReport& topic) {
  json columns = json::array(), partitions = json::array();
  for (const auto& column : topic.columns) {
    columns.push_back({{"name", column.name},
                       {"type", column.type},
                       {"nullable", column.nullable},
                       {"key", column.key}});
  }
  for (const auto& partition : topic.partitions) {
    partitions.push_back({{"start", partition.start},
                          {"end", partition.end},
                          {"bytes", partition.bytes},
                          {"damage", partition.damage}});
  }
  return {{"name", topic.name},           {"state", topic.state},  {"reason", topic.reason},
          {"since_cut", topic.since_cut}, {"columns", columns},    {"partitions", partitions},
          {"records", topic.records()},   {"bytes", topic.bytes()}};
}

TopicReport topic_of(const json& from) {
  TopicReport topic;
  from.at("name").get_to(topic.name);
  from.at("state").get_to(topic.state);
  from.at("reason").get_to(topic.reason);
  from.at("since_cut").get_to(topic.since_cut);
  for (const json& column : from.at("columns")) {
    topic.columns.push_back(
        {column.at("name"), column.at("type"), column.at("nullable"), column.at("key")});
  }
  for (const json& partition : from.at("partitions")) {
    topic.partitions.push_back({partition.at("start"), partition.at("end"), partition.at("bytes"),
                                partition.at("damage")});
  }
  return topic;
}

}  // namespace

std::string topics_json(const std::vector<TopicReport>& topics) {
  json out = json::array();
  for (const auto& topic : topics) out.push_back(to_json(topic));
  return out.dump(2, ' ', false, json::error_handler_t::replace);
}

Result<std::vector<TopicReport>> parse_topics_json(std::string_view text) {
  try {
    std::vector<TopicReport> topics;
    for (const json& topic : json::parse(text)) topics.push_back(topic_of(topic));
    return topics;
  } catch (const json::exception& e) {
    return Error::permanent(std::string("the running process answers in another form: ") +
                            e.what());
  }
}

}  // namespace leat::cli
