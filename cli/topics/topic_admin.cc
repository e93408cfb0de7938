#include "cli/topics/topic_admin.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "cdc/table_pattern.h"
#include "cli/topics/column_list.h"
#include "cli/topics/setting_text.h"
#include "cli/topics/topic_report.h"
#include "log/topic_name.h"

namespace leat::cli {
namespace {

constexpr std::chrono::seconds kCommitTimeout{60};

Status commit(log::ChangeLog& log, log::CommitUnit unit) {
  LEAT_ASSIGN_OR_RETURN(log::Ticket ticket, log.submit(std::move(unit)));
  LEAT_ASSIGN_OR_RETURN(bool durable, log.wait_durable(ticket, kCommitTimeout));
  if (durable) return {};
  return Error::transient(
      "it was not committed within a minute (is the disk full? leat status "
      "says so); it may still be");
}

Status assign(const std::string& assignment, log::TopicKind kind, log::TopicSettings* settings) {
  size_t equals = assignment.find('=');
  if (equals == std::string::npos) {
    return Error::permanent("'" + assignment +
                            "' is no setting: write NAME=VALUE, as in codec=lz4");
  }
  std::string name = assignment.substr(0, equals);
  LEAT_RETURN_IF_ERROR(set_topic_setting(name, assignment.substr(equals + 1), settings));
  if (find_topic_setting(name)->has(kind)) return {};
  bool is_table = kind == log::TopicKind::table;
  return Error::permanent(name + " is a setting of " + (is_table ? "stream" : "table") +
                          " topics; this is a " + (is_table ? "table" : "stream") + " topic");
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

}  // namespace

const SourceConfig* writer_of(const Config& config, const std::string& topic) {
  for (const SourceConfig& source : config.sources) {
    if (!topic.starts_with(source.name + ".")) continue;
    std::string table = topic.substr(source.name.size() + 1);
    size_t dot = table.find('.');
    if (dot == std::string::npos) continue;
    if (cdc::table_matches_any(source.tables, table.substr(0, dot), table.substr(dot + 1))) {
      return &source;
    }
  }
  return nullptr;
}

Status create_topic(log::ChangeLog& log, const Config& config, const NewTopic& topic) {
  LEAT_RETURN_IF_ERROR(log::check_topic_name(topic.name, *log.state()));
  for (const SourceConfig& source : config.sources) {
    if (!topic.name.starts_with(source.name + ".")) continue;
    return Error::permanent("names that begin with '" + source.name +
                            ".' are those of the source's tables; take another");
  }
  LEAT_ASSIGN_OR_RETURN(Schema schema, parse_columns(topic.columns, topic.key));
  if (topic.kind == log::TopicKind::table && schema.key_columns.empty()) {
    return Error::permanent("a table topic needs a key: name its columns with --key");
  }
  log::TopicSettings settings = settings_by_rules(config.topics, topic.name, topic.kind, {});
  for (const std::string& each : topic.settings) {
    LEAT_RETURN_IF_ERROR(assign(each, topic.kind, &settings));
  }
  GenerationId generation = log.allocate_generation();
  log::CommitUnit unit;
  unit.edits = {
      log::CreateTopic{topic.name, topic.kind, settings},
      log::BeginGeneration{topic.name, generation, log.schema_id(schema), topic.partitions},
      log::SwitchGeneration{topic.name, generation}};
  return commit(log, std::move(unit));
}

Status alter_topic(log::ChangeLog& log, const Config& config, const std::string& name,
                   const Assignments& assignments) {
  auto state = log.state();
  const log::TopicState* topic = state->find(name);
  if (topic == nullptr) return unknown_topic(*state, name);
  log::TopicSettings settings = topic->settings;
  for (const std::string& each : assignments) {
    LEAT_RETURN_IF_ERROR(assign(each, topic->kind, &settings));
    std::string key = each.substr(0, each.find('='));
    if (const auto* rule = rule_for(config.topics, name, key)) {
      return Error::permanent(config.path + ":" + std::to_string(rule->line) + " sets " + key +
                              " of " + name + " to " + rule->value +
                              ", and would again at the next start: change it there");
    }
  }
  if (settings == topic->settings) return {};
  log::CommitUnit unit;
  unit.edits.push_back(log::AlterTopic{name, settings});
  unit.may_pass = true;
  return commit(log, std::move(unit));
}

Status delete_topic(log::ChangeLog& log, const Config& config, const TopicViews& views,
                    const std::string& name) {
  auto state = log.state();
  if (state->find(name) == nullptr) return unknown_topic(*state, name);
  if (name.starts_with("leat.")) return Error::permanent(name + " is the log's own");
  if (const SourceConfig* source = writer_of(config, name)) {
    return Error::permanent("source " + source->name + " writes " + name +
                            ": take its table out of sources." + source->name + ".tables in " +
                            config.path + ", start leat again, and then delete the topic");
  }
  auto readers = views.find(name);
  if (readers != views.end() && !readers->second.empty()) {
    return Error::permanent(name + " is read by view " + joined(readers->second) +
                            ": drop that first (remove its file, then leat view drop)");
  }
  log::CommitUnit unit;
  unit.edits.push_back(log::DropTopic{name});
  unit.may_pass = true;  // it makes room
  return commit(log, std::move(unit));
}

}  // namespace leat::cli
