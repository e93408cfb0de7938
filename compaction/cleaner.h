// Compacts tables and applies the retention of streams, in a thread of its own:
//
//   every interval: streams' old segments ─▶ the dirtiest table partition that is due ─▶ the next …
//                        └─ too much held back by a reader? It is detached, and named
//
// Where appends wait for room, which ends the interval, all that is dirty is due, and the segments
// that appends go to are closed, so that they can be compacted as well.
//
// A table is compacted on request, too. One partition is worked on at a time. The thread's own work
// is paced, so that it leaves the disk to commits; while somebody waits for a compaction on
// request, it ends the partition at hand without minding its rate, and begins no other.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "compaction/partition_compaction.h"
#include "compaction/plan.h"
#include "log/segment_access.h"

namespace leat::compaction {

struct CleanerOptions {
  // For the keys of one pass; a bit for each record comes on top.
  uint64_t map_bytes = 64 << 20;
  // Read and written together; 0: as fast as it goes.
  uint64_t bytes_per_second = uint64_t{64} << 20;
  std::chrono::milliseconds interval{15'000};
  // When readers keep more than so much from being compacted or removed, the last of them is
  // detached.
  uint64_t reader_lag_bytes_max = uint64_t{64} << 30;
};

// What the cleaner has done since it was made.
struct CleanerTotals {
  uint64_t compactions = 0;  // of partitions
  uint64_t bytes_before = 0;
  uint64_t bytes_after = 0;
  uint64_t bytes_read = 0;  // in all passes
  uint64_t bytes_written = 0;
  uint64_t passes = 0;
  uint64_t segments_expired = 0;
  uint64_t failures = 0;
  std::string last_failure;  // empty: the last try of everything succeeded
  // As of the last look:
  uint64_t dirty_bytes = 0;      // closed and not compacted, whether or not that is due
  uint64_t held_back_bytes = 0;  // of them and of what retention would remove, by readers
};

class Cleaner {
 public:
  Cleaner(log::SegmentAccess& access, const CleanerOptions& options);
  ~Cleaner();  // as stop()

  void start();
  // Ends the work at hand, which leaves no trace.
  void stop();

  // Compacts all of TOPIC that its readers have passed, whatever share of it is dirty; returns when
  // that is done. PROGRESS may be read meanwhile. Any thread. A permanent error: there is no such
  // table, or a partition of it is damaged.
  Result<CompactionTotals> compact_now(const std::string& topic, Progress& progress);

  // How far the thread is with the partition that it is at, or was at last. Any thread.
  const Progress& work_at_hand() const { return progress_; }

  // One round of the thread's work, for tests.
  void run_once();

  CleanerTotals totals() const;  // any thread
  const CleanerOptions& options() const { return options_; }

 private:
  // A partition that is worth working on.
  struct Candidate {
    CompactionPlan plan;
    CompactionOptions options;
    std::string name;
  };

  static constexpr std::chrono::milliseconds kLookForRoomEvery{500};

  void run();
  void wait_for_work(bool was_short_of_room);
  bool compact_dirtiest();
  std::optional<Candidate> dirtiest(const log::LogState& state);
  void close_segments(const log::LogState& state);
  void expire(const log::LogState& state);
  void detach_laggards(const log::LogState& state);
  struct Backlog {
    uint64_t dirty_bytes = 0;
    uint64_t held_back_bytes = 0;
  };
  Backlog backlog(const log::LogState& state) const;
  Result<PartitionFacts> facts_of(const log::GenerationState& generation, size_t index) const;
  CompactionOptions options_for(const log::TopicState& topic) const;
  Result<CompactionTotals> compact(const Candidate& candidate, uint64_t bytes_per_second,
                                   Progress& progress);
  Result<CompactionTotals> compact_all_of(PartitionId partition, const log::TopicState& topic,
                                          size_t index, Progress& progress);
  void note_work(const CompactionTotals& done);
  void note_failure(const std::string& where, const Error& error);
  bool is_resting(PartitionId partition) const;

  log::SegmentAccess& access_;
  const CleanerOptions options_;
  std::atomic<bool> stop_{false};
  std::atomic<int> waiting_{0};  // for compact_now()
  Progress progress_;            // of the thread's own work
  std::mutex work_;              // held while a partition is worked on

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable stopping_;
  CleanerTotals totals_;
  // Partitions that failed are left alone for a while.
  std::map<PartitionId, std::chrono::nanoseconds> resting_until_;
  std::thread thread_;
};

}  // namespace leat::compaction
