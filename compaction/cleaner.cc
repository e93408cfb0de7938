#include "compaction/cleaner.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "log/base/size_text.h"

namespace leat::compaction {
namespace {

constexpr std::chrono::minutes kRest{10};
// A request that finds its partition changed under its hands tries once more.
constexpr int kTriesOnRequest = 2;

template <class F>
void for_each_current(const log::LogState& state, log::TopicKind kind, F&& f) {
  for (const auto& topic : state.topics) {
    if (topic->kind != kind || !topic->current) continue;
    for (size_t i = 0; i < topic->current->partitions.size(); ++i) f(*topic, i);
  }
}

PartitionId id_of(const log::TopicState& topic, size_t index) {
  return {topic.current->id, PartitionIndex(static_cast<int32_t>(index))};
}

std::string name_of(const log::TopicState& topic, size_t index) {
  return topic.name + "-" + std::to_string(index);
}

// Counts one who waits.
class Waiting {
 public:
  Waiting(std::atomic<int>& count, Progress& progress) : count_(count), progress_(progress) {
    ++count_;
    progress_.waits = true;
  }
  ~Waiting() { end(); }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  void end() {
    if (progress_.waits.exchange(false)) --count_;
  }

 private:
  std::atomic<int>& count_;
  Progress& progress_;
};

void add(const CompactionTotals& totals, CompactionTotals* to) {
  to->records_read += totals.records_read;
  to->records_kept += totals.records_kept;
  to->bytes_before += totals.bytes_before;
  to->bytes_after += totals.bytes_after;
  to->bytes_read += totals.bytes_read;
  to->held_back_bytes += totals.held_back_bytes;
  to->keys += totals.keys;
  to->passes = std::max(to->passes, totals.passes);
  to->replaced = to->replaced || totals.replaced;
}

}  // namespace

Cleaner::Cleaner(log::SegmentAccess& access, const CleanerOptions& options)
    : access_(access), options_(options) {}

Cleaner::~Cleaner() {
  stop();
}

void Cleaner::start() {
  thread_ = std::thread([this] { run(); });
}

void Cleaner::stop() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopping_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Cleaner::run() {
  while (!stop_) {
    const bool was_short_of_room = access_.is_short_of_room();
    run_once();
    wait_for_work(was_short_of_room);
  }
}

// To the end of the interval, or until appends begin to wait for room.
void Cleaner::wait_for_work(bool was_short_of_room) {
  const auto end = std::chrono::steady_clock::now() + options_.interval;
  std::unique_lock lock(mutex_);
  while (!stop_ && std::chrono::steady_clock::now() < end) {
    stopping_.wait_for(lock, std::min(options_.interval, kLookForRoomEvery),
                       [this] { return stop_.load(); });
    const bool is_short_of_room = access_.is_short_of_room();
    if (is_short_of_room && !was_short_of_room) return;
    was_short_of_room = is_short_of_room;
  }
}

void Cleaner::run_once() {
  auto state = access_.state();
  detach_laggards(*state);
  expire(*state);
  if (access_.is_short_of_room()) close_segments(*state);
  while (!stop_ && waiting_ == 0 && compact_dirtiest()) {
  }
}

void Cleaner::close_segments(const log::LogState& state) {
  for_each_current(state, log::TopicKind::table,
                   [&](const log::TopicState& topic, size_t i) { access_.roll(id_of(topic, i)); });
}

Result<PartitionFacts> Cleaner::facts_of(const log::GenerationState& generation,
                                         size_t index) const {
  PartitionId id{generation.id, PartitionIndex(static_cast<int32_t>(index))};
  LEAT_ASSIGN_OR_RETURN(auto closed, access_.closed_segments(id));
  const log::PartitionState& partition = generation.partitions[index];
  return PartitionFacts{id, std::move(closed), partition.cleaned_horizon, partition.bytes};
}

CompactionOptions Cleaner::options_for(const log::TopicState& topic) const {
  CompactionOptions options;
  options.map_bytes = options_.map_bytes;
  options.tombstone_retention_ms = topic.settings.tombstone_retention_ms;
  options.output.segment_bytes_max =
      std::min(topic.settings.segment_bytes_max, access_.segment_bytes_max());
  options.output.codec = topic.settings.codec;
  return options;
}

std::optional<Cleaner::Candidate> Cleaner::dirtiest(const log::LogState& state) {
  std::optional<Candidate> best;
  CutId floor = access_.floor();
  bool is_short_of_room = access_.is_short_of_room();
  int64_t now_ms = access_.clock().unix_us() / 1000;
  for_each_current(state, log::TopicKind::table, [&](const log::TopicState& topic, size_t i) {
    if (is_resting(id_of(topic, i))) return;
    auto facts = facts_of(*topic.current, i);
    if (!facts.ok()) return;  // gone, or quarantined, which says so itself
    CompactionPlan plan =
        plan_compaction(*facts, {topic.settings, now_ms, floor, is_short_of_room});
    if (!plan.is_due) return;
    if (best && best->plan.dirty_share() >= plan.dirty_share()) return;
    best = Candidate{std::move(plan), options_for(topic), name_of(topic, i)};
  });
  return best;
}

bool Cleaner::compact_dirtiest() {
  std::lock_guard work(work_);
  auto candidate = dirtiest(*access_.state());
  if (!candidate) return false;
  progress_.bytes_done = progress_.bytes_total = progress_.keys = 0;
  auto done = compact(*candidate, options_.bytes_per_second, progress_);
  if (done.ok() && done->replaced) return true;
  Error why = done.ok() ? Error::transient("a reader, or a change of the topic, came between")
                        : done.error();
  if (!stop_) note_failure(candidate->name, why);
  std::lock_guard lock(mutex_);
  resting_until_[candidate->plan.input.partition] = access_.clock().monotonic() + kRest;
  return !stop_;
}

Result<CompactionTotals> Cleaner::compact(const Candidate& candidate, uint64_t bytes_per_second,
                                          Progress& progress) {
  Pace pace(access_.clock(), bytes_per_second, stop_, waiting_);
  LEAT_ASSIGN_OR_RETURN(
      CompactionTotals done,
      compact_partition(access_, candidate.plan.input, candidate.options, pace, progress));
  note_work(done);
  if (!done.replaced) return done;
  spdlog::info("compacted {}: {} of {} records kept, {} are {} now, {} {}", candidate.name,
               count_text(done.records_kept), count_text(done.records_read),
               bytes_text(done.bytes_before), bytes_text(done.bytes_after), done.passes,
               done.passes == 1 ? "pass" : "passes");
  std::lock_guard lock(mutex_);
  ++totals_.compactions;
  totals_.bytes_before += done.bytes_before;
  totals_.bytes_after += done.bytes_after;
  totals_.last_failure.clear();
  return done;
}

Result<CompactionTotals> Cleaner::compact_now(const std::string& topic, Progress& progress) {
  auto state = access_.state();
  const log::TopicState* found = state->find(topic);
  if (found == nullptr || !found->current) {
    return Error::permanent("there is no topic " + topic + "; see: leat topic list");
  }
  if (found->kind != log::TopicKind::table) {
    return Error::permanent(topic +
                            " is a stream: it is not compacted, its retention lets go of it");
  }
  CompactionTotals totals;
  Waiting waiting(waiting_, progress);
  std::lock_guard work(work_);
  waiting.end();
  for (size_t i = 0; i < found->current->partitions.size(); ++i) {
    auto done = compact_all_of(id_of(*found, i), *found, i, progress);
    if (!done.ok()) return done.error().in(name_of(*found, i));
    add(*done, &totals);
  }
  return totals;
}

Result<CompactionTotals> Cleaner::compact_all_of(PartitionId partition,
                                                 const log::TopicState& topic, size_t index,
                                                 Progress& progress) {
  CompactionTotals done;
  access_.roll(partition);
  for (int i = 0; i < kTriesOnRequest && !done.replaced; ++i) {
    auto state = access_.state();
    const log::TopicState* now = state->find(topic.name);
    if (now == nullptr || !now->current || now->current->id != partition.generation) return done;
    LEAT_ASSIGN_OR_RETURN(PartitionFacts facts, facts_of(*now->current, index));
    int64_t now_ms = access_.clock().unix_us() / 1000;
    CompactionPlan plan = plan_compaction(facts, {now->settings, now_ms, access_.floor()});
    uint64_t held_back_bytes = plan.held_back_bytes;
    done.held_back_bytes = held_back_bytes;
    if (plan.dirty_bytes == 0 && !plan.is_due) return done;
    Candidate candidate{std::move(plan), options_for(*now), name_of(*now, index)};
    LEAT_ASSIGN_OR_RETURN(done, compact(candidate, 0, progress));
    done.held_back_bytes = held_back_bytes;
  }
  return done;
}

// An append closes the segment that has become too old for it; where nothing is appended any more
// this does, as soon as all in it may go.
void Cleaner::expire(const log::LogState& state) {
  int64_t now_ms = access_.clock().unix_us() / 1000;
  for_each_current(state, log::TopicKind::stream, [&](const log::TopicState& topic, size_t i) {
    int64_t retention_ms = topic.settings.retention_ms;
    if (retention_ms < now_ms) access_.roll_older(id_of(topic, i), now_ms - retention_ms);
    auto facts = facts_of(*topic.current, i);
    if (!facts.ok() || stop_) return;
    uint64_t held_back = 0;
    auto plan = plan_retention(*facts, {topic.settings, now_ms, access_.floor()}, &held_back);
    if (!plan) return;
    size_t count = plan->removed.size();
    auto outcome = access_.replace(std::move(*plan));
    if (!outcome.ok()) return note_failure(name_of(topic, i), outcome.error());
    if (*outcome != log::ReplaceOutcome::committed) return;  // the next round tries again
    std::lock_guard lock(mutex_);
    totals_.segments_expired += count;
  });
}

namespace {

// Replaced contents that a reader still keeps.
uint64_t retired_bytes_behind(const log::LogState& state, CutId floor) {
  uint64_t bytes = 0;
  for (const auto& retired : state.retired) {
    if (retired->until <= floor) continue;
    for (const auto& partition : retired->generation.partitions) bytes += partition.bytes;
  }
  return bytes;
}

}  // namespace

Cleaner::Backlog Cleaner::backlog(const log::LogState& state) const {
  Backlog sum;
  CutId floor = access_.floor();
  sum.held_back_bytes = retired_bytes_behind(state, floor);
  int64_t now_ms = access_.clock().unix_us() / 1000;
  for (log::TopicKind kind : {log::TopicKind::table, log::TopicKind::stream}) {
    for_each_current(state, kind, [&](const log::TopicState& topic, size_t i) {
      auto facts = facts_of(*topic.current, i);
      if (!facts.ok()) return;
      PlanContext context{topic.settings, now_ms, floor};
      if (kind == log::TopicKind::stream) {
        (void)plan_retention(*facts, context, &sum.held_back_bytes);
        return;
      }
      CompactionPlan plan = plan_compaction(*facts, context);
      sum.dirty_bytes += plan.dirty_bytes + plan.held_back_bytes;
      sum.held_back_bytes += plan.held_back_bytes;
    });
  }
  return sum;
}

// Each time goes the one that is furthest behind, until what the others hold is within the bound.
void Cleaner::detach_laggards(const log::LogState& state) {
  Backlog left = backlog(state);
  while (left.held_back_bytes > options_.reader_lag_bytes_max && access_.floor() < state.cut) {
    std::string reason = bytes_text(left.held_back_bytes) +
                         " could not be compacted because of it, more than the bound of " +
                         bytes_text(options_.reader_lag_bytes_max);
    spdlog::warn("the readers at cut {} are detached: {}", access_.floor().value(), reason);
    access_.detach_lowest(reason);
    left = backlog(state);
  }
  std::lock_guard lock(mutex_);
  totals_.dirty_bytes = left.dirty_bytes;
  totals_.held_back_bytes = left.held_back_bytes;
}

bool Cleaner::is_resting(PartitionId partition) const {
  std::lock_guard lock(mutex_);
  auto at = resting_until_.find(partition);
  return at != resting_until_.end() && access_.clock().monotonic() < at->second;
}

void Cleaner::note_work(const CompactionTotals& done) {
  std::lock_guard lock(mutex_);
  totals_.bytes_read += done.bytes_read;
  totals_.bytes_written += done.bytes_after;
  totals_.passes += static_cast<uint64_t>(done.passes);
}

void Cleaner::note_failure(const std::string& where, const Error& error) {
  spdlog::warn("compaction of {}: {}; trying again in {} minutes", where, error.message(),
               kRest.count());
  std::lock_guard lock(mutex_);
  ++totals_.failures;
  totals_.last_failure = where + ": " + error.message();
}

CleanerTotals Cleaner::totals() const {
  std::lock_guard lock(mutex_);
  return totals_;
}

}  // namespace leat::compaction
