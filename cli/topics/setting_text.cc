#include "cli/topics/setting_text.h"

#include <charconv>

#include "cli/text/duration.h"
#include "cli/text/nearest.h"
#include "cli/text/units.h"

namespace leat::cli {
namespace {

using log::BatchCodec;
using log::TopicKind;
using log::TopicSettings;

constexpr std::string_view kUnlimited = "unlimited";

std::string exact_bytes_text(uint64_t bytes) {
  if (bytes == log::kUnlimitedBytes) return std::string(kUnlimited);
  static constexpr std::string_view kNames[] = {"B", "KB", "MB", "GB", "TB"};
  size_t unit = 0;
  while (unit + 1 < std::size(kNames) && bytes >= 1024 && bytes % 1024 == 0) {
    bytes /= 1024;
    ++unit;
  }
  return std::to_string(bytes) + std::string(kNames[unit]);
}

// How each setting is read and written.
struct Setting {
  TopicSettingName name;
  bool (*set)(std::string_view value, TopicSettings* to);  // false: VALUE is none
  std::string (*text)(const TopicSettings& settings);
};

template <int64_t TopicSettings::*Member>
bool set_duration(std::string_view value, TopicSettings* to) {
  auto ms = parse_duration_ms(value);
  if (ms) to->*Member = *ms;
  return ms.has_value();
}
template <int64_t TopicSettings::*Member>
std::string duration_of(const TopicSettings& settings) {
  return exact_duration_text(settings.*Member);
}

template <uint64_t TopicSettings::*Member>
bool set_size(std::string_view value, TopicSettings* to) {
  auto bytes = value == kUnlimited ? std::optional(log::kUnlimitedBytes) : parse_bytes(value);
  if (bytes) to->*Member = *bytes;
  return bytes.has_value();
}
template <uint64_t TopicSettings::*Member>
std::string size_of(const TopicSettings& settings) {
  return exact_bytes_text(settings.*Member);
}

bool set_codec(std::string_view value, TopicSettings* to) {
  if (value == "none") to->codec = BatchCodec::none;
  if (value == "lz4") to->codec = BatchCodec::lz4;
  if (value == "zstd") to->codec = BatchCodec::zstd;
  return value == "none" || value == "lz4" || value == "zstd";
}
std::string codec_of(const TopicSettings& settings) {
  if (settings.codec == BatchCodec::none) return "none";
  return settings.codec == BatchCodec::lz4 ? "lz4" : "zstd";
}

bool set_percent(std::string_view value, TopicSettings* to) {
  if (value.ends_with('%')) value.remove_suffix(1);
  if (value.ends_with(' ')) value.remove_suffix(1);
  auto parsed =
      std::from_chars(value.data(), value.data() + value.size(), to->compaction_dirty_percent);
  return parsed.ec == std::errc() && parsed.ptr == value.data() + value.size();
}
std::string percent_of(const TopicSettings& settings) {
  return std::to_string(settings.compaction_dirty_percent) + "%";
}

template <int64_t TopicSettings::*Member>
Setting duration_setting(const char* name, bool of_tables, bool of_streams) {
  return {{name, "length of time", duration_of<Member>({}), of_tables, of_streams},
          set_duration<Member>,
          duration_of<Member>};
}
template <uint64_t TopicSettings::*Member>
Setting size_setting(const char* name, bool of_tables) {
  return {{name, "size", size_of<Member>({}), of_tables, true}, set_size<Member>, size_of<Member>};
}

const std::vector<Setting>& settings_table() {
  using S = TopicSettings;
  static const std::vector<Setting> table = {
      {{"codec", "none, lz4 or zstd", codec_of({}), true, true}, set_codec, codec_of},
      duration_setting<&S::compaction_lag_ms_min>("compaction_lag_min", true, false),
      duration_setting<&S::compaction_lag_ms_max>("compaction_lag_max", true, false),
      {{"compaction_dirty", "percentage", percent_of({}), true, false}, set_percent, percent_of},
      duration_setting<&S::tombstone_retention_ms>("tombstone_retention", true, false),
      duration_setting<&S::retention_ms>("retention", false, true),
      size_setting<&S::retention_bytes>("retention_bytes", false),
      size_setting<&S::segment_bytes_max>("segment_bytes", true),
      duration_setting<&S::segment_age_ms_max>("segment_age", true, true),
  };
  return table;
}

const Setting* find(std::string_view name) {
  for (const Setting& setting : settings_table()) {
    if (setting.name.name == name) return &setting;
  }
  return nullptr;
}

Error unknown(std::string_view name) {
  std::vector<std::string> known;
  std::string all;
  for (const TopicSettingName& setting : topic_setting_names()) {
    known.push_back(setting.name);
    all += (all.empty() ? "" : ", ") + setting.name;
  }
  auto nearest = nearest_word(std::string(name), known);
  return Error::permanent(
      "there is no setting '" + std::string(name) +
      (nearest ? "'; did you mean '" + *nearest + "'?" : "'; there are " + all));
}

const char* example_of(const std::string& type) {
  if (type == "size") return "a size such as 512MB, or unlimited";
  if (type == "length of time") return "a length of time such as 30s, 12h or 7d, or forever";
  if (type == "percentage") return "a percentage such as 50%";
  return "none, lz4 or zstd";
}

}  // namespace

const std::vector<TopicSettingName>& topic_setting_names() {
  static const std::vector<TopicSettingName> names = [] {
    std::vector<TopicSettingName> all;
    for (const Setting& setting : settings_table()) all.push_back(setting.name);
    return all;
  }();
  return names;
}

const TopicSettingName* find_topic_setting(std::string_view name) {
  const Setting* setting = find(name);
  return setting == nullptr ? nullptr : &setting->name;
}

Status set_topic_setting(std::string_view name, std::string_view value, TopicSettings* to) {
  const Setting* setting = find(name);
  if (setting == nullptr) return unknown(name);
  TopicSettings changed = *to;
  if (!setting->set(value, &changed)) {
    return Error::permanent(std::string(name) + " must be " + example_of(setting->name.type) +
                            ", not '" + std::string(value) + "'");
  }
  // Alone, so that the error is of this setting and not of the topic's kind.
  TopicSettings alone;
  (void)setting->set(value, &alone);
  LEAT_RETURN_IF_ERROR(log::check_topic_settings(
      setting->name.of_tables ? TopicKind::table : TopicKind::stream, alone));
  *to = changed;
  return {};
}

std::string topic_setting_text(std::string_view name, const TopicSettings& settings) {
  const Setting* setting = find(name);
  return setting == nullptr ? "" : setting->text(settings);
}

SettingTexts topic_settings_text(TopicKind kind, const TopicSettings& settings) {
  SettingTexts texts;
  for (const Setting& setting : settings_table()) {
    if (setting.name.has(kind)) texts.emplace_back(setting.name.name, setting.text(settings));
  }
  return texts;
}

}  // namespace leat::cli
