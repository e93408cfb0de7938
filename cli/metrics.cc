#include <spdlog/fmt/fmt.h>

#include <functional>

#include "cli/status_report.h"

namespace leat::cli {
namespace {

constexpr double kMicrosecond = 1e-6;

// A label's value: backslash, quote and newline are escaped.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out;
}

class MetricsWriter {
 public:
  // One family: its head, then SAMPLES writes its values.
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    out_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
  }
  void value(double value) { out_ += fmt::format("{} {}\n", name_, value); }
  void value(std::string_view label, std::string_view label_value, double value) {
    out_ += fmt::format("{}{{{}=\"{}\"}} {}\n", name_, label, escaped(label_value), value);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string name_;
  std::string out_;
};

// A family: its name, its type, what it is, and its value in a report.
template <class Report>
struct Metric {
  const char* name;
  const char* type;
  const char* help;
  std::function<double(const Report&)> value;
};

double number(uint64_t n) {
  return static_cast<double>(n);
}
double seconds(int64_t us) {
  return static_cast<double>(us) * kMicrosecond;
}

using StatusMetrics = std::vector<Metric<StatusReport>>;

const StatusMetrics& process_metrics() {
  static const StatusMetrics all = {
      {"leat_uptime_seconds", "gauge", "Time since the start.",
       [](auto& r) { return seconds(r.up_us); }},
      {"leat_memory_resident_bytes", "gauge", "Resident memory of the process.",
       [](auto& r) { return number(r.memory_bytes); }},
      {"leat_memory_limit_bytes", "gauge", "memory_limit.",
       [](auto& r) { return number(r.memory_limit_bytes); }},
      {"leat_open_files", "gauge", "Open file descriptors of the process.",
       [](auto& r) { return number(r.open_files); }},
      {"leat_open_files_max", "gauge", "How many it may open.",
       [](auto& r) { return number(r.open_files_max); }},
      {"leat_spilled_bytes", "gauge", "Open transactions on disk, being larger than their memory.",
       [](auto& r) { return number(r.spilled_bytes); }},
      {"leat_sql_connections", "gauge", "Open connections of the SQL server.",
       [](auto& r) { return number(r.sql_connections); }},
      {"leat_sql_connections_max", "gauge", "How many there may be; more are refused.",
       [](auto& r) { return number(r.sql_connections_max); }},
      {"leat_http_connections", "gauge", "Open connections of the HTTP server.",
       [](auto& r) { return number(r.http_connections); }},
      {"leat_http_connections_max", "gauge", "How many there may be; more are refused.",
       [](auto& r) { return number(r.http_connections_max); }},
  };
  return all;
}

const StatusMetrics& log_metrics() {
  static const StatusMetrics all = {
      {"leat_cuts_total", "counter", "The newest durable cut.",
       [](auto& r) { return number(r.cut); }},
      {"leat_log_size_bytes", "gauge", "Bytes of the log.",
       [](auto& r) { return number(r.log_bytes); }},
      {"leat_log_paused", "gauge", "1 while commits wait for room on the disk.",
       [](auto& r) { return r.log.paused_reason.empty() ? 0.0 : 1.0; }},
      {"leat_log_failed", "gauge", "1 when the log has failed for good.",
       [](auto& r) { return r.log.failed_reason.empty() ? 0.0 : 1.0; }},
      {"leat_disk_free_bytes", "gauge", "Room on the disk of the data directory.",
       [](auto& r) { return number(r.log.disk_free_bytes); }},
      {"leat_log_queue_bytes", "gauge", "Transactions that wait to be committed.",
       [](auto& r) { return number(r.log.queued_bytes); }},
      {"leat_log_queue_bytes_max", "gauge", "Where the sources wait for the queue.",
       [](auto& r) { return number(r.log.queue_bytes_max); }},
      {"leat_log_unit_in_parts_seconds", "gauge",
       "How long a huge transaction has kept other writers waiting.",
       [](auto& r) { return seconds(r.log.unit_in_parts_us); }},
      {"leat_log_journal_used_bytes", "gauge", "What the present journal file holds.",
       [](auto& r) { return number(r.log.journal_used_bytes); }},
      {"leat_log_journal_size_bytes", "gauge", "Where it ends, and a checkpoint begins.",
       [](auto& r) { return number(r.log.journal_size_bytes); }},
      {"leat_log_sync_seconds_p50", "gauge", "Median time of a journal sync since the start.",
       [](auto& r) { return seconds(r.log.sync_us_p50); }},
      {"leat_log_sync_seconds_p99", "gauge", "99th percentile of the same.",
       [](auto& r) { return seconds(r.log.sync_us_p99); }},
      {"leat_log_commits_total", "counter", "Cuts committed since the start.",
       [](auto& r) { return number(r.log.cuts_total); }},
      {"leat_log_units_total", "counter", "Units that writers submitted, and that are durable.",
       [](auto& r) { return number(r.log.units_total); }},
      {"leat_log_appended_bytes_total", "counter", "Bytes of record batches since the start.",
       [](auto& r) { return number(r.log.appended_bytes_total); }},
      {"leat_log_checkpoints_total", "counter", "Checkpoints since the start.",
       [](auto& r) { return number(r.log.checkpoints_total); }},
      {"leat_log_open_readers", "gauge", "Readers at work: they hold back removal.",
       [](auto& r) { return number(r.log.open_readers); }},
      {"leat_log_retired_generations", "gauge", "Replaced generations that a reader still needs.",
       [](auto& r) { return number(r.log.retired_generations); }},
      {"leat_log_damaged_partitions", "gauge", "Partitions that cannot be read.",
       [](auto& r) { return number(r.log.damaged_partitions.size()); }},
  };
  return all;
}

const StatusMetrics& compaction_metrics() {
  static const StatusMetrics all = {
      {"leat_compactions_total", "counter", "Compactions of partitions since the start.",
       [](auto& r) { return number(r.compaction.compactions_total); }},
      {"leat_compaction_read_bytes_total", "counter", "Bytes that compactions read, in all passes.",
       [](auto& r) { return number(r.compaction.bytes_read_total); }},
      {"leat_compaction_written_bytes_total", "counter", "Bytes that compactions wrote.",
       [](auto& r) { return number(r.compaction.bytes_written_total); }},
      {"leat_compaction_passes_total", "counter", "Times that compactions read a partition's keys.",
       [](auto& r) { return number(r.compaction.passes_total); }},
      {"leat_compaction_failures_total", "counter", "Compactions and removals that failed.",
       [](auto& r) { return number(r.compaction.failures_total); }},
      {"leat_retention_segments_total", "counter", "Segments of streams that retention removed.",
       [](auto& r) { return number(r.compaction.segments_expired_total); }},
      {"leat_compaction_dirty_bytes", "gauge", "Closed segments that are not compacted yet.",
       [](auto& r) { return number(r.compaction.dirty_bytes); }},
      {"leat_compaction_held_back_bytes", "gauge",
       "What compaction or retention may not touch yet.",
       [](auto& r) { return number(r.compaction.held_back_bytes); }},
      {"leat_compaction_held_back_bytes_max", "gauge",
       "Where the reader that is furthest behind is detached.",
       [](auto& r) { return number(r.compaction.held_back_bytes_max); }},
      {"leat_log_detached_readers", "gauge", "Readers that were too far behind.",
       [](auto& r) { return number(r.log.detached_readers.size()); }},
  };
  return all;
}

const StatusMetrics& state_metrics() {
  static const StatusMetrics all = {
      {"leat_state_size_bytes", "gauge", "Bytes of views and arrangements on disk.",
       [](auto& r) { return number(r.state_bytes); }},
      {"leat_state_paused", "gauge", "1 while flushes wait for room on the disk.",
       [](auto& r) { return r.state.paused_reason.empty() ? 0.0 : 1.0; }},
      {"leat_state_unflushed_bytes", "gauge", "Held in RocksDB's write buffers.",
       [](auto& r) { return number(r.state.unflushed_bytes); }},
      {"leat_state_cache_bytes", "gauge", "RocksDB's block cache, write buffers charged to it.",
       [](auto& r) { return number(r.state.cache_bytes); }},
      {"leat_state_cache_bytes_max", "gauge", "What it may hold.",
       [](auto& r) { return number(r.state.cache_bytes_max); }},
      {"leat_views_memory_bytes", "gauge", "Arrangements in memory.",
       [](auto& r) { return number(r.state.views_memory_bytes); }},
      {"leat_views_memory_bytes_max", "gauge", "What they and unflushed rows share.",
       [](auto& r) { return number(r.state.views_memory_bytes_max); }},
      {"leat_view_groups", "gauge", "Groups of views that follow the log together.",
       [](auto& r) { return number(r.state.view_groups); }},
      {"leat_view_groups_max", "gauge", "How many there may be; then they are built as one.",
       [](auto& r) { return number(r.state.view_groups_max); }},
      {"leat_state_flushes_total", "counter", "Flushes of the views' state since the start.",
       [](auto& r) { return number(r.state.flushes_total); }},
      {"leat_state_flush_waits_total", "counter",
       "Flushes that had to wait for the one before: the disk is slower than the changes.",
       [](auto& r) { return number(r.state.flush_waits_total); }},
  };
  return all;
}

const std::vector<Metric<cdc::SourceStatus>>& source_metrics() {
  static const std::vector<Metric<cdc::SourceStatus>> all = {
      {"leat_source_up", "gauge", "1 while the source is copied or streamed.",
       [](auto& s) {
         return s.state == cdc::SourceState::streaming || s.state == cdc::SourceState::snapshotting;
       }},
      {"leat_source_lag_bytes", "gauge", "WAL of the source that is not yet durable here.",
       [](auto& s) { return number(s.behind_bytes); }},
      {"leat_source_lag_seconds", "gauge",
       "Age of the oldest change that is not yet durable here, or silence of the server.",
       [](auto& s) { return seconds(s.behind_us); }},
      {"leat_source_changes_total", "counter", "Changes made durable since the start.",
       [](auto& s) { return number(s.changes_total); }},
      {"leat_source_transactions_total", "counter", "Transactions made durable since the start.",
       [](auto& s) { return number(s.transactions_total); }},
      {"leat_source_tables_stopped", "gauge", "Tables of the source that are stopped.",
       [](auto& s) { return number(s.stopped_tables.size()); }},
  };
  return all;
}

const std::vector<Metric<ViewReport>>& view_metrics() {
  static const std::vector<Metric<ViewReport>> all = {
      {"leat_view_live", "gauge", "1 while the view moves with every cut.",
       [](auto& v) { return v.state == "live" ? 1.0 : 0.0; }},
      {"leat_view_cut", "gauge", "The cut up to which the view is applied.",
       [](auto& v) { return number(v.cut); }},
      {"leat_view_lag_cuts", "gauge", "Durable cuts that the view has not applied.",
       [](auto& v) { return number(v.behind_cuts); }},
      {"leat_view_lag_seconds", "gauge", "Age of the oldest durable cut that is not applied.",
       [](auto& v) { return seconds(v.behind_us); }},
      {"leat_view_lag_bytes", "gauge", "Bytes of the log that the view has not applied.",
       [](auto& v) { return number(v.behind_bytes); }},
  };
  return all;
}

}  // namespace

std::string metrics_text(const StatusReport& report) {
  MetricsWriter out;
  for (const auto* group :
       {&process_metrics(), &log_metrics(), &compaction_metrics(), &state_metrics()}) {
    for (const auto& metric : *group) {
      out.family(metric.name, metric.type, metric.help);
      out.value(metric.value(report));
    }
  }
  for (const auto& metric : source_metrics()) {
    out.family(metric.name, metric.type, metric.help);
    for (const auto& s : report.sources) out.value("source", s.name, metric.value(s));
  }
  for (const auto& metric : view_metrics()) {
    out.family(metric.name, metric.type, metric.help);
    for (const auto& v : report.views) out.value("view", v.name, metric.value(v));
  }
  return out.take();
}

}  // namespace leat::cli
