#include "cli/config/topic_rules.h"

#include <chrono>

#include "cli/topics/setting_text.h"

namespace leat::cli {
namespace {

constexpr std::chrono::seconds kCommitTimeout{60};

// Greedy with one place to come back to: the last * seen.
bool matches(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = std::string_view::npos, star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool is_internal(std::string_view topic) {
  return topic.starts_with("leat.");
}

std::vector<std::string> known_settings() {
  std::vector<std::string> names;
  for (const TopicSettingName& setting : topic_setting_names()) names.push_back(setting.name);
  return names;
}

Result<TopicRule> read_rule(const ConfigSection& section, const std::string& pattern) {
  TopicRule rule{pattern, {}};
  LEAT_RETURN_IF_ERROR(section.check_keys(known_settings()));
  for (const YamlEntry& entry : section.entries()) {
    LEAT_ASSIGN_OR_RETURN(auto given, section.text(entry.key));
    std::string value = given.value_or("");
    log::TopicSettings trial;
    Status good = set_topic_setting(entry.key, value, &trial);
    if (!good.ok()) {
      return section.error_at(entry.line, section.path() + ": " + good.error().message());
    }
    rule.settings.push_back({entry.key, std::move(value), entry.line});
  }
  return rule;
}

}  // namespace

Result<std::vector<TopicRule>> read_topic_rules(const ConfigSection& topics) {
  std::vector<TopicRule> rules;
  for (const YamlEntry& entry : topics.entries()) {
    LEAT_ASSIGN_OR_RETURN(ConfigSection section, topics.section(entry));
    LEAT_ASSIGN_OR_RETURN(TopicRule rule, read_rule(section, entry.key));
    rules.push_back(std::move(rule));
  }
  return rules;
}

const TopicRule::Setting* rule_for(const std::vector<TopicRule>& rules, std::string_view topic,
                                   std::string_view setting) {
  const TopicRule::Setting* last = nullptr;
  if (is_internal(topic)) return last;
  for (const TopicRule& rule : rules) {
    if (!matches(rule.pattern, topic)) continue;
    for (const TopicRule::Setting& each : rule.settings) {
      if (each.name == setting) last = &each;
    }
  }
  return last;
}

log::TopicSettings settings_by_rules(const std::vector<TopicRule>& rules, std::string_view topic,
                                     log::TopicKind kind, log::TopicSettings base) {
  for (const TopicSettingName& setting : topic_setting_names()) {
    const TopicRule::Setting* rule = rule_for(rules, topic, setting.name);
    if (rule == nullptr || !setting.has(kind)) continue;
    // It was tried when the file was read.
    LEAT_CHECK(set_topic_setting(rule->name, rule->value, &base).ok());
  }
  return base;
}

Status apply_topic_rules(const std::vector<TopicRule>& rules, log::ChangeLog& log) {
  log::CommitUnit unit;
  auto state = log.state();
  for (const auto& topic : state->topics) {
    log::TopicSettings wanted = settings_by_rules(rules, topic->name, topic->kind, topic->settings);
    if (wanted != topic->settings) unit.edits.push_back(log::AlterTopic{topic->name, wanted});
  }
  if (unit.edits.empty()) return {};
  LEAT_ASSIGN_OR_RETURN(log::Ticket ticket, log.submit(std::move(unit)));
  LEAT_ASSIGN_OR_RETURN(bool durable, log.wait_durable(ticket, kCommitTimeout));
  if (durable) return {};
  return Error::transient(
      "the topics' settings could not be committed within a minute; is the "
      "disk full?");
}

}  // namespace leat::cli
