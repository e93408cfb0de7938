#include "cli/health.h"

#include <algorithm>
#include <filesystem>
#include <functional>

#include "cli/parts.h"
#include "cli/topics/topic_admin.h"

namespace leat::cli {
namespace {

void for_each_generation(const log::LogState& state,
                         const std::function<void(const log::GenerationState&)>& visit) {
  for (const auto& topic : state.topics) {
    if (topic->current) visit(*topic->current);
    if (topic->filling) visit(*topic->filling);
  }
  for (const auto& retired : state.retired) visit(retired->generation);
}

void add_damaged(const std::string& topic, const log::GenerationState& generation, bool is_replaced,
                 const Config& config, std::vector<DamagedPartitionReport>* out) {
  const SourceConfig* source = writer_of(config, topic);
  for (size_t i = 0; i < generation.partitions.size(); ++i) {
    const std::string& damage = generation.partitions[i].damage;
    if (damage.empty()) continue;
    out->push_back(
        {topic, static_cast<int64_t>(i), damage, source ? source->name : "", is_replaced});
  }
}

std::vector<DamagedPartitionReport> damaged_partitions(const log::LogState& state,
                                                       const Config& config) {
  std::vector<DamagedPartitionReport> damaged;
  for (const auto& topic : state.topics) {
    if (topic->current) add_damaged(topic->name, *topic->current, false, config, &damaged);
    if (topic->filling) add_damaged(topic->name, *topic->filling, false, config, &damaged);
  }
  for (const auto& retired : state.retired) {
    add_damaged(retired->topic, retired->generation, true, config, &damaged);
  }
  return damaged;
}

}  // namespace

uint64_t log_bytes(const log::LogState& state) {
  uint64_t sum = 0;
  for_each_generation(state, [&sum](const log::GenerationState& generation) {
    for (const auto& partition : generation.partitions) sum += partition.bytes;
  });
  return sum;
}

// Files come and go meanwhile: one that has gone counts nothing.
uint64_t spilled_bytes(const Config& config) {
  uint64_t sum = 0;
  for (const SourceConfig& source : config.sources) {
    std::error_code gone;
    for (std::filesystem::directory_iterator at(spill_dir(config, source), gone), end;
         !gone && at != end; at.increment(gone)) {
      std::error_code unreadable;
      uint64_t bytes = at->file_size(unreadable);
      if (!unreadable) sum += bytes;
    }
  }
  return sum;
}

LogReport report_of(const log::LogHealth& health, const log::LogState& state,
                    const Config& config) {
  LogReport report;
  report.paused_reason = health.paused_reason;
  report.failed_reason = health.failed_reason;
  report.cuts_total = health.cuts_total;
  report.units_total = health.units_total;
  report.appended_bytes_total = health.bytes_total;
  report.checkpoints_total = health.checkpoints_total;
  report.queued_bytes = health.queued_bytes;
  report.queue_bytes_max = health.queue_bytes_max;
  report.unit_in_parts_us = health.unit_in_parts_us;
  report.journal_used_bytes = health.journal_used_bytes;
  report.journal_size_bytes = health.journal_size_bytes;
  report.sync_us_p50 = health.sync_us_p50;
  report.sync_us_p99 = health.sync_us_p99;
  report.open_readers = health.open_readers;
  report.retired_generations = state.retired.size();
  for (const log::DetachedReader& each : health.detached_readers) {
    report.detached_readers.push_back({each.reader, each.cut.value(), each.reason});
  }
  report.damaged_partitions = damaged_partitions(state, config);
  return report;
}

CompactionReport report_of(const compaction::Cleaner& cleaner) {
  compaction::CleanerTotals totals = cleaner.totals();
  CompactionReport report;
  report.compactions_total = totals.compactions;
  report.bytes_read_total = totals.bytes_read;
  report.bytes_written_total = totals.bytes_written;
  report.passes_total = totals.passes;
  report.segments_expired_total = totals.segments_expired;
  report.failures_total = totals.failures;
  report.last_failure = totals.last_failure;
  report.dirty_bytes = totals.dirty_bytes;
  report.held_back_bytes = totals.held_back_bytes;
  report.held_back_bytes_max = cleaner.options().reader_lag_bytes_max;
  return report;
}

StateReport report_of(const store::Store& store, const views::ViewsMemory& views) {
  StateReport report;
  report.paused_reason = store.paused_reason();
  report.unflushed_bytes = store.unflushed_bytes();
  report.cache_bytes = store.cache_bytes();
  report.views_memory_bytes = views.bytes;
  report.views_memory_bytes_max = views.bytes_max;
  report.view_groups = views.groups;
  report.view_groups_max = views.groups_max;
  report.flushes_total = views.flushes_total;
  report.flush_waits_total = views.flush_waits_total;
  return report;
}

ViewReport report_of(const views::ViewStatus& view) {
  ViewReport report;
  report.name = view.name;
  report.state = view.invalid ? "invalid" : views::to_text(view.state);
  if (views::is_readable(view.state)) report.rows = view.rows;
  report.cut = view.cut.value();
  report.behind_cuts = view.cuts_behind;
  report.behind_us = view.behind_ms * 1000;
  report.behind_bytes = view.behind_bytes;
  report.error = view.reason.empty() ? view.row_error : view.reason;
  if (view.removed && report.error.empty()) {
    report.error =
        "its file is gone; it is kept and still answers, until leat view drop " + view.name;
  }
  if (!view.build || view.build->bytes_total == 0) return report;
  const views::BuildProgress& build = *view.build;
  uint64_t left = build.bytes_total - std::min(build.bytes_done, build.bytes_total);
  report.behind_bytes = left;
  report.progress = 1 - static_cast<double>(left) / static_cast<double>(build.bytes_total);
  report.changes_per_second = build.changes_per_second;
  if (build.bytes_per_second > 0) {
    report.left_us = static_cast<int64_t>(static_cast<double>(left) / build.bytes_per_second * 1e6);
  }
  return report;
}

}  // namespace leat::cli
