// How copies and builds come on: rates and remaining times from successive reports, as bars for a
// terminal or plain lines for a log.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/status_report.h"

namespace leat::cli {

struct ProgressItem {
  std::string owner;  // the source; empty for a view
  std::string name;   // the table or view
  uint64_t done = 0;
  uint64_t total = 0;  // estimated
  std::string unit;    // rows
  double per_second = 0;
  std::string detail;  // one more fact: "1,204,331 keys"; may be empty
  bool finished = false;

  double fraction() const;
  std::optional<int64_t> left_us() const;
};

// "orders     ███████████░░░░░░░  61 %  1,220,000 of 2,000,000 rows  212k rows/s  4 s left", a line
// an item, names aligned.
std::vector<std::string> progress_bars(const std::vector<ProgressItem>& items);
// "shop: public.orders: 61 % (1,220,000 of 2,000,000 rows), 212k rows/s, 4 s left"
std::string progress_line(const ProgressItem& item);

// Remembers what earlier reports said. One thread.
class ProgressMeter {
 public:
  // What is being copied or built as of REPORT; empty when nothing is. NOW never goes back.
  std::vector<ProgressItem> update(const StatusReport& report, std::chrono::nanoseconds now);

 private:
  struct Seen {
    std::chrono::nanoseconds first_at;
    uint64_t first_done = 0;
  };
  double rate_of(const std::string& key, uint64_t done, std::chrono::nanoseconds now);

  std::map<std::string, Seen> seen_;
};

}  // namespace leat::cli
