// What the running process says of itself: the one form behind `leat status`, /metrics and the
// progress that `leat run` shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cdc/source.h"
#include "log/base/status.h"

namespace leat::cli {

struct ViewReport {
  std::string name;
  std::string state;  // live, building, frozen, failed, removed
  std::optional<uint64_t> rows;
  uint64_t cut = 0;  // applied
  uint64_t behind_cuts = 0;
  int64_t behind_us = 0;
  uint64_t behind_bytes = 0;
  std::optional<double> progress;  // of a build, 0 to 1
  double changes_per_second = 0;
  std::optional<int64_t> left_us;  // of a build, estimated
  std::string error;               // why it is frozen or failed; empty otherwise
};

struct StatusReport {
  std::string version;
  uint64_t cut = 0;
  uint64_t log_bytes = 0;
  uint64_t state_bytes = 0;
  uint64_t memory_bytes = 0;  // resident
  uint64_t memory_limit_bytes = 0;
  int64_t up_us = 0;
  uint64_t sql_connections = 0;
  std::vector<cdc::SourceStatus> sources;
  std::vector<ViewReport> views;
};

// The report as JSON, every number with its unit in the name; and back, for the command line (an
// error where it is another version's).
std::string status_json(const StatusReport& report);
Result<StatusReport> parse_status_json(std::string_view json);

// Prometheus's text format, version 0.0.4.
std::string metrics_text(const StatusReport& report);

}  // namespace leat::cli
