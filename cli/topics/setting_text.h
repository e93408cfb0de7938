// Topic settings as text: the names and values of leat.yaml's topics section, `leat topic alter`
// and `leat topic describe`.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "log/base/status.h"
#include "log/topic_settings.h"

namespace leat::cli {

struct TopicSettingName {
  std::string name;
  std::string type;   // "length of time", "size" …
  std::string usual;  // its default
  bool of_tables = true;
  bool of_streams = true;

  bool has(log::TopicKind kind) const {
    return kind == log::TopicKind::table ? of_tables : of_streams;
  }
};

// Every setting there is, in the documentation's order.
const std::vector<TopicSettingName>& topic_setting_names();
const TopicSettingName* find_topic_setting(std::string_view name);

// An error says what the value must be, or which setting was meant.
Status set_topic_setting(std::string_view name, std::string_view value, log::TopicSettings* to);
// The value that set_topic_setting reads back.
std::string topic_setting_text(std::string_view name, const log::TopicSettings& settings);

// Name and value of each setting that a topic of KIND has.
using SettingTexts = std::vector<std::pair<std::string, std::string>>;
SettingTexts topic_settings_text(log::TopicKind kind, const log::TopicSettings& settings);

}  // namespace leat::cli
