#include "cli/text/compaction_hindrance.h"

#include <algorithm>

#include "cli/text/units.h"
#include "cli/topics/setting_text.h"

namespace leat::cli {
namespace {

constexpr std::string_view kConsumerPrefix = "consumer.";
constexpr std::string_view kLagMin = "compaction_lag_min";

std::string reader_text(const LogReaderReport& reader) {
  std::string out = "the last is " + reader.name + ", which has passed cut " +
                    count_text(reader.cut) + " (" + count_text(reader.behind) + " behind)";
  if (!reader.name.starts_with(kConsumerPrefix)) {
    return out + "; it passes more when it flushes, within a minute or so\n";
  }
  return out + "; to go on without it: leat consumer drop " +
         reader.name.substr(kConsumerPrefix.size()) + "\n";
}

}  // namespace

std::string hindrance_text(const TopicReport& topic, const compaction::CompactionTotals& totals) {
  if (totals.held_back_bytes > 0) {
    auto last = std::min_element(topic.readers.begin(), topic.readers.end(),
                                 [](const auto& a, const auto& b) { return a.cut < b.cut; });
    bool is_known = last != topic.readers.end() && last->behind > 0;
    return is_known ? reader_text(*last)
                    : "it is one that reads just now; try again when it ended\n";
  }
  if (totals.replaced) return "";
  for (const TopicSettingReport& setting : topic.settings) {
    if (setting.name != kLagMin || setting.value == topic_setting_text(kLagMin, {})) continue;
    return "what is not compacted yet is younger than " + setting.name + " (" + setting.value +
           ")\n";
  }
  return "all of it is compacted already\n";
}

}  // namespace leat::cli
