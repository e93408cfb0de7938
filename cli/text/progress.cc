#include "cli/text/progress.h"

#include <algorithm>
#include <cmath>

#include "cli/text/units.h"

namespace leat::cli {
namespace {

constexpr int kBarColumns = 18;

std::string bar(double fraction) {
  int full = static_cast<int>(std::lround(fraction * kBarColumns));
  std::string out;
  for (int i = 0; i < kBarColumns; ++i) out += i < full ? "█" : "░";
  return out;
}

std::string amount(const ProgressItem& item) {
  std::string out = count_text(item.done);
  if (item.total > 0) out += " of " + count_text(std::max(item.total, item.done));
  return out + " " + item.unit;
}

std::string percent(const ProgressItem& item) {
  return std::to_string(std::lround(std::floor(item.fraction() * 100))) + " %";
}

// "212k rows/s, 4 s left", with SEPARATOR before each part that is known.
std::string pace(const ProgressItem& item, const std::string& separator) {
  std::string out;
  if (!item.detail.empty()) out += separator + item.detail;
  if (item.per_second > 0) out += separator + rate_text(item.per_second, item.unit);
  if (auto left = item.left_us()) out += separator + duration_text(*left) + " left";
  return out;
}

}  // namespace

double ProgressItem::fraction() const {
  if (finished) return 1;
  if (total == 0) return 0;
  return std::min(0.99, static_cast<double>(done) / static_cast<double>(total));
}

std::optional<int64_t> ProgressItem::left_us() const {
  if (finished || per_second <= 0 || done >= total) return std::nullopt;
  return static_cast<int64_t>(static_cast<double>(total - done) / per_second * 1e6);
}

std::vector<std::string> progress_bars(const std::vector<ProgressItem>& items) {
  size_t width = 0;
  for (const auto& item : items) width = std::max(width, display_width(item.name));
  std::vector<std::string> lines;
  for (const auto& item : items) {
    std::string line = padded(item.name, width) + "  ";
    if (item.finished) {
      line += padded("done", kBarColumns) + "        " + amount(item);
    } else {
      std::string part = percent(item);
      line += bar(item.fraction()) + std::string(6 - std::min<size_t>(6, part.size()), ' ') + part +
              "  " + amount(item) + pace(item, "  ");
    }
    lines.push_back(line);
  }
  return lines;
}

std::string progress_line(const ProgressItem& item) {
  std::string out = item.owner.empty() ? "view " : item.owner + ": ";
  out += item.name + ": ";
  if (item.total == 0 && !item.finished) return out + amount(item) + pace(item, ", ");
  return out + percent(item) + " (" + amount(item) + ")" + pace(item, ", ");
}

double ProgressMeter::rate_of(const std::string& key, uint64_t done, std::chrono::nanoseconds now) {
  auto [at, fresh] = seen_.try_emplace(key, Seen{now, done});
  double seconds = std::chrono::duration<double>(now - at->second.first_at).count();
  if (fresh || seconds < 0.5 || done < at->second.first_done) return 0;
  return static_cast<double>(done - at->second.first_done) / seconds;
}

std::vector<ProgressItem> ProgressMeter::update(const StatusReport& report,
                                                std::chrono::nanoseconds now) {
  std::vector<ProgressItem> items;
  for (const auto& source : report.sources) {
    if (source.state != cdc::SourceState::snapshotting) continue;
    for (const auto& table : source.snapshot) {
      double rate = rate_of(source.name + " " + table.table, table.rows_done, now);
      items.push_back({source.name, table.table, table.rows_done, table.rows_estimated, "rows",
                       rate, "", table.done});
    }
  }
  return items;
}

}  // namespace leat::cli
