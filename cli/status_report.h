// What the running process says of itself: the one form behind `leat status`, /metrics and the
// progress that `leat run` shows. Every queue, buffer and budget stands beside its bound.
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

// What compacts tables and lets go of streams' old segments; all totals are of this run.
struct CompactionReport {
  uint64_t compactions_total = 0;  // of partitions
  uint64_t bytes_read_total = 0;
  uint64_t bytes_written_total = 0;
  uint64_t passes_total = 0;
  uint64_t segments_expired_total = 0;
  uint64_t failures_total = 0;
  std::string last_failure;      // empty: the last try of everything succeeded
  uint64_t dirty_bytes = 0;      // closed and not compacted, whether or not that is due
  uint64_t held_back_bytes = 0;  // by readers, which are detached at the bound
  uint64_t held_back_bytes_max = 0;
};

// A reader that was too far behind: compaction no longer waits for it.
struct DetachedReaderReport {
  std::string name;
  uint64_t cut = 0;  // that it had passed
  std::string reason;
};

// A partition that cannot be read, wholly or from a place on.
struct DamagedPartitionReport {
  std::string topic;
  int64_t partition = 0;
  std::string damage;
  std::string source;        // that writes the topic; empty: none does
  bool is_replaced = false;  // it belongs to a generation that nobody begins to read any more
};

// The change log's engine; all totals are of this run.
struct LogReport {
  std::string paused_reason;  // commits wait for room; they go on by themselves
  std::string failed_reason;  // it has failed for good
  uint64_t disk_free_bytes = 0;
  uint64_t cuts_total = 0;
  uint64_t units_total = 0;
  uint64_t appended_bytes_total = 0;
  uint64_t checkpoints_total = 0;
  uint64_t queued_bytes = 0;
  uint64_t queue_bytes_max = 0;
  int64_t unit_in_parts_us = 0;  // how long a huge transaction has kept other writers waiting
  uint64_t journal_used_bytes = 0;
  uint64_t journal_size_bytes = 0;
  int64_t sync_us_p50 = 0;
  int64_t sync_us_p99 = 0;
  uint64_t open_readers = 0;
  uint64_t retired_generations = 0;  // kept for a reader that has not passed them
  std::vector<DamagedPartitionReport> damaged_partitions;
  std::vector<DetachedReaderReport> detached_readers;
};

// The state store, and what the views hold in memory.
struct StateReport {
  std::string paused_reason;     // flushes wait for room; they go on by themselves
  uint64_t unflushed_bytes = 0;  // in RocksDB's write buffers
  uint64_t cache_bytes = 0;
  uint64_t cache_bytes_max = 0;
  uint64_t views_memory_bytes = 0;
  uint64_t views_memory_bytes_max = 0;
  uint64_t view_groups = 0;
  uint64_t view_groups_max = 0;
  uint64_t flushes_total = 0;
  uint64_t flush_waits_total = 0;  // a flush had to wait for the one before it
};

struct StatusReport {
  std::string version;
  std::string data_dir;
  uint64_t cut = 0;
  uint64_t log_bytes = 0;
  uint64_t state_bytes = 0;
  uint64_t spilled_bytes = 0;  // of open transactions
  uint64_t memory_bytes = 0;   // resident
  uint64_t memory_limit_bytes = 0;
  uint64_t open_files = 0;
  uint64_t open_files_max = 0;
  int64_t up_us = 0;
  uint64_t sql_connections = 0;
  uint64_t sql_connections_max = 0;
  uint64_t http_connections = 0;
  uint64_t http_connections_max = 0;
  LogReport log;
  CompactionReport compaction;
  StateReport state;
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
