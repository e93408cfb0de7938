// The topics section of leat.yaml: which settings the topics have whose names match a pattern.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/config/config_section.h"
#include "log/base/status.h"
#include "log/change_log.h"
#include "log/topic_settings.h"

namespace leat::cli {

struct TopicRule {
  struct Setting {
    std::string name;
    std::string value;
    int line = 0;
  };
  std::string pattern;  // a topic's name, where * stands for any run of characters
  std::vector<Setting> settings;
};

// TOPICS is the section; errors name the line.
Result<std::vector<TopicRule>> read_topic_rules(const ConfigSection& topics);

// BASE with what the rules say of the topic: each setting from the last rule that matches and names
// it. Settings that a topic of KIND does not have are left alone, as are the log's own topics.
log::TopicSettings settings_by_rules(const std::vector<TopicRule>& rules, std::string_view topic,
                                     log::TopicKind kind, log::TopicSettings base);
// Where the rules set SETTING for the topic; null where they do not.
const TopicRule::Setting* rule_for(const std::vector<TopicRule>& rules, std::string_view topic,
                                   std::string_view setting);

// Brings the topics that exist in line with the rules; returns when that is durable.
Status apply_topic_rules(const std::vector<TopicRule>& rules, log::ChangeLog& log);

}  // namespace leat::cli
