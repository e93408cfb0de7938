// Turns what is queued into cuts, one after the other, on a thread of its own.
//
//   queue ─▶ edits, batches ─▶ [large: segments written and synced] ─▶ journal record ─▶ sync
//         ─▶ [small: segments written, page cache only] ─▶ publish
//
// Everything before the journal's sync may be lost; everything after it can be redone from the
// record. A unit in parts is a large cut of its own, which the last part ends; meanwhile there is
// no other cut.
//
// Where the room that is kept for compaction begins (KeptRoom), units with records wait. Cuts that
// replace segments, and those of units that may pass (a consumer's position, a topic's deletion),
// are made in front of them, and a checkpoint lets go of old files at once: what makes room never
// waits for it. A unit in parts that has begun bars all other cuts, so it does not wait here but
// takes of the kept room, all but a last quarter. Readers that may
// be waiting here themselves, in the thread that would move their floor, do not hold compaction
// back meanwhile (Hold::while_there_is_room). Whoever closes the log does not wait: what waits is
// refused then, and all in order that comes after it, so that restarts do not use the room up.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "log/checkpointer.h"
#include "log/cut_draft.h"
#include "log/engine.h"
#include "log/kept_room.h"
#include "log/replacer.h"
#include "log/write_guard.h"

namespace leat::log {

class Committer {
 public:
  Committer(Engine& engine, CommitQueue& queue, Publisher& publisher, WriteGuard& guard,
            std::unique_ptr<JournalWriter> journal);
  ~Committer();

  // Waits until the queue, which must be closed, is worked off; writes the last checkpoint.
  Status finish();

  struct Totals {
    std::atomic<uint64_t> cuts{0};
    std::atomic<uint64_t> units{0};
    std::atomic<uint64_t> bytes{0};
    std::atomic<uint64_t> journal_used{0};
    std::atomic<uint64_t> journal_size{0};
    std::atomic<int64_t> parts_since_ns{0};  // by the monotonic clock; 0: no unit in parts
  };
  const Totals& totals() const { return totals_; }
  uint64_t checkpoints_total() const { return checkpointer_.total(); }
  Checkpointer& checkpointer() { return checkpointer_; }

 private:
  void run();
  Status commit(CommitQueue::Group& group);
  Status commit_kind(const CommitQueue::Group& group);
  Status wait_for_room(CommitQueue::Group* held);
  Status check_room() const;
  bool has_work_before(const CommitQueue::Group& held) const;
  Status commit_before(CommitQueue::Group* held);
  Status refuse(const Error& why, CommitQueue::Group* held);
  bool can_retire() const;
  Status let_go_of_superfluous();
  Status commit_units(const CommitQueue::Group& group);
  Status take_part(const CommitQueue::Group& group);
  Status abandon_parts();
  // From a draft with all its units to the published state.
  Status finish(CutDraft* draft, const CommitQueue::Group& group);
  // The log's own part of a cut.
  Result<CommitUnit> log_unit(const std::vector<StoredSchema>& schemas);
  void take_damage_notes(StateBuilder* builder);
  Status journal(const CutDraft& draft);
  Status write_inline(const CutDraft& draft);
  void apply(CutDraft& draft);

  bool checkpoint_is_due() const;
  Status make_room(size_t record_bytes);
  // Which segments get their index files.
  enum class Indexes { of_closed, of_all };
  Status rotate(uint64_t record_bytes, Indexes indexes);
  void retire_passed();
  void remove(const GenerationState& generation);

  Engine& engine_;
  CommitQueue& queue_;
  Publisher& publisher_;
  WriteGuard& guard_;
  const KeptRoom kept_room_;
  std::unique_ptr<JournalWriter> journal_;
  std::shared_ptr<const LogState> state_;
  std::unique_ptr<CutDraft> parts_;  // of the unit in parts, once one has come
  DurableTickets durable_;
  uint64_t large_bytes_since_checkpoint_ = 0;
  std::vector<GenerationId> removed_;  // files to remove after the next checkpoint
  uint64_t superfluous_bytes_ = 0;     // of these, and of replaced segments
  Replacer replacer_;
  Totals totals_;
  Checkpointer checkpointer_;
  Status status_;
  std::thread thread_;
};

}  // namespace leat::log
