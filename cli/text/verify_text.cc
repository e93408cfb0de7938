#include "cli/text/verify_text.h"

#include <algorithm>

#include "cli/text/units.h"
#include "log/segment.h"

namespace leat::cli {
namespace {

// A replaced generation goes by itself: nobody has to do anything about it.
bool needs_mending(const log::Damage& damage) {
  return !damage.place || damage.place->is_current;
}

std::string advice(const log::Damage& damage) {
  if (!damage.place && damage.file.ends_with(log::kCutIndexSuffix)) {
    return "remove it: an index is made anew from its segment";
  }
  if (!damage.place) return "";
  const log::Damage::Place& place = *damage.place;
  std::string topic = place.topic;
  if (!place.is_current) {
    return "it belongs to a generation that was replaced; it goes when no reader needs it";
  }
  std::string source = topic.substr(0, topic.find('.'));
  std::string partition = std::to_string(place.partition.value());
  return "partition " + partition + " of " + topic + " is sound below offset " +
         count_text(static_cast<uint64_t>(place.sound_until.value())) +
         ". To mend it: leat source resnapshot " + source +
         " (copies the tables anew), or give up what follows: leat topic truncate-to " + topic +
         " " + partition + " " + std::to_string(place.sound_until.value());
}

std::string damage_text(const log::Damage& damage) {
  std::string out = (needs_mending(damage) ? "damaged  " : "note     ") + damage.file;
  if (damage.place) out += ", byte " + count_text(damage.byte);
  out += "\n         " + damage.what + "\n";
  std::string what_to_do = advice(damage);
  return what_to_do.empty() ? out : out + "         " + what_to_do + "\n";
}

size_t damages_to_mend(const log::VerifyReport& report) {
  return static_cast<size_t>(
      std::count_if(report.damage.begin(), report.damage.end(), needs_mending));
}

}  // namespace

bool is_sound(const log::VerifyReport& report) {
  return damages_to_mend(report) == 0;
}

std::string verify_text(const std::string& dir, const log::VerifyReport& report,
                        const LogFiles& files) {
  std::string out;
  for (const log::Damage& damage : report.damage) out += damage_text(damage);
  for (const std::string& stray : report.strays) {
    out += "note     " + stray + " belongs to nothing; the next start removes it\n";
  }
  for (const std::string& index : report.unfinished_indexes) {
    out += "note     " + index + "; no reader uses it, and it is made anew\n";
  }
  out += dir + ": cut " + count_text(report.cut.value()) + ", " + count_text(files.count) +
         " files, " + bytes_text(files.bytes) + " · " + count_text(report.topics) + " topics · " +
         count_text(report.segments) + " segments · " + count_text(report.indexes) + " indexes · " +
         count_text(report.records) + " records · ";
  if (is_sound(report)) return out + "sound\n";
  return out + count_text(damages_to_mend(report)) + " damaged\n";
}

}  // namespace leat::cli
