#include "cli/control/compaction_lines.h"

#include <chrono>
#include <future>
#include <nlohmann/json.hpp>

#include "cli/text/units.h"

namespace leat::cli {
namespace {

using compaction::CompactionTotals;
using nlohmann::json;

constexpr std::chrono::milliseconds kTellEvery{100};

CompactionTotals totals_of(const json& from) {
  CompactionTotals totals;
  from.at("records_read").get_to(totals.records_read);
  from.at("records_kept").get_to(totals.records_kept);
  from.at("bytes_before").get_to(totals.bytes_before);
  from.at("bytes_after").get_to(totals.bytes_after);
  from.at("bytes_read").get_to(totals.bytes_read);
  from.at("held_back_bytes").get_to(totals.held_back_bytes);
  from.at("keys").get_to(totals.keys);
  from.at("passes").get_to(totals.passes);
  from.at("replaced").get_to(totals.replaced);
  return totals;
}

std::string held_back_text(const CompactionTotals& totals) {
  if (totals.held_back_bytes == 0) return "";
  return bytes_text(totals.held_back_bytes) + " wait for a reader that has not passed them\n";
}

}  // namespace

Result<CompactionTotals> compact_and_tell(compaction::Cleaner& cleaner, const std::string& topic,
                                          const TellCompaction& tell) {
  compaction::Progress progress;
  auto done = std::async(std::launch::async, [&] { return cleaner.compact_now(topic, progress); });
  while (done.wait_for(kTellEvery) != std::future_status::ready) {
    bool waits = progress.waits;
    const compaction::Progress& now = waits ? cleaner.work_at_hand() : progress;
    tell({now.bytes_done, now.bytes_total, now.keys, waits});
  }
  return done.get();
}

std::string compaction_progress_line(const CompactionProgress& progress) {
  return json{{"done", progress.bytes_done},
              {"total", progress.bytes_total},
              {"keys", progress.keys},
              {"waits", progress.waits}}
             .dump() +
         "\n";
}

std::string compaction_result_line(const Result<CompactionTotals>& result) {
  if (!result.ok()) return json{{"error", result.error().message()}}.dump() + "\n";
  return json{{"records_read", result->records_read},
              {"records_kept", result->records_kept},
              {"bytes_before", result->bytes_before},
              {"bytes_after", result->bytes_after},
              {"bytes_read", result->bytes_read},
              {"held_back_bytes", result->held_back_bytes},
              {"keys", result->keys},
              {"passes", result->passes},
              {"replaced", result->replaced}}
             .dump() +
         "\n";
}

std::optional<Result<CompactionTotals>> read_compaction_line(std::string_view line,
                                                             const TellCompaction& tell) {
  try {
    json from = json::parse(line);
    if (from.contains("error")) {
      return Result<CompactionTotals>(Error::permanent(from.at("error").get<std::string>()));
    }
    if (!from.contains("done")) return Result<CompactionTotals>(totals_of(from));
    tell({from.at("done"), from.at("total"), from.at("keys"), from.at("waits")});
    return std::nullopt;
  } catch (const json::exception& e) {
    return Result<CompactionTotals>(
        Error::permanent(std::string("the running process answers in another form: ") + e.what()));
  }
}

std::string compaction_text(const std::string& topic, const CompactionTotals& totals,
                            int64_t took_us) {
  if (!totals.replaced) {
    return topic + ": nothing to compact\n" + held_back_text(totals);
  }
  return topic + ": " + count_text(totals.records_kept) + " of " + count_text(totals.records_read) +
         " records kept, " + bytes_text(totals.bytes_before) + " are " +
         bytes_text(totals.bytes_after) + " now, " + count_text(totals.keys) + " keys in " +
         std::to_string(totals.passes) + (totals.passes == 1 ? " pass" : " passes") + ", " +
         duration_text(took_us) + "\n" + held_back_text(totals);
}

}  // namespace leat::cli
