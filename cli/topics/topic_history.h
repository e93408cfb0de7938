// The changes of one topic in commit order, across its partitions.
//
// Each partition is in commit order, and between two cuts no transaction is half: so merging the
// partitions by (commit position, index in the transaction), from the ends that one LogState names
// to the ends that a later one names, gives the order of the source, with one record a partition in
// hand however huge the cut.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "log/base/status.h"
#include "log/change_log.h"

namespace leat::cli {

// Where a history begins, in the topic's generation as it is then. Nothing set: at its start.
struct HistoryStart {
  CutId cut = {};  // behind it, where the generation is not younger
  // Each partition with its first record of this time or later; earlier ones may follow.
  std::optional<int64_t> time_ms = {};
  // Only this partition, with the first record of this offset or above.
  std::optional<PartitionIndex> partition = {};
  Offset offset = {};
};

// One thread; LOG must outlive it.
class TopicHistory {
 public:
  // An error where there is no such topic.
  static Result<TopicHistory> open(log::ChangeLog& log, const std::string& topic,
                                   HistoryStart from);

  struct Entry {
    PartitionIndex partition;
    log::RecordView record;
  };
  // The next change that a durable cut holds; none: nothing new now. The entry lives until the next
  // call. When the topic's generation is replaced it goes on with the new one, from its start;
  // generation() tells.
  Result<std::optional<Entry>> next();

  GenerationId generation() const { return generation_; }
  SchemaId schema() const { return schema_; }  // of the generation
  // Everything up to this cut has been given (but for the entry that the last call gave).
  CutId passed() const { return passed_; }

 private:
  // One partition's records in hand.
  struct Cursor {
    PartitionIndex partition;
    std::unique_ptr<log::PartitionReader> reader;
    std::vector<log::RecordView> records;
    size_t at = 0;
    Offset end;         // of the state that is being worked off
    std::string order;  // of records[at]; empty: not known yet
  };

  TopicHistory(log::ChangeLog& log, std::string topic, HistoryStart from)
      : log_(&log), topic_(std::move(topic)), from_(from) {}

  // Where to begin in each partition of a generation.
  Result<std::vector<Offset>> starts_of(const log::GenerationState& generation);
  Status enter(const log::GenerationState& generation);
  void aim_at(const log::GenerationState& generation);
  // Brings the cursor to a record before its end; false where there is none.
  Result<bool> ready(Cursor& cursor);
  Result<Cursor*> first_in_order();
  Result<bool> advance_target();

  log::ChangeLog* log_;
  std::string topic_;
  HistoryStart from_;
  GenerationId generation_;
  SchemaId schema_;
  bool drained_ = false;  // the generation was replaced, and its last ends are aimed at
  CutId target_;
  CutId passed_;
  std::vector<Cursor> cursors_;
  Cursor* given_ = nullptr;
};

}  // namespace leat::cli
