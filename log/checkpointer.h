// Writes checkpoints beside the committer: the segments are synced, the checkpoint replaced, and
// what it no longer names removed. One at a time; a thread of its own.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "log/base/fs.h"
#include "log/base/ids.h"
#include "log/base/status.h"
#include "log/data_paths.h"
#include "log/journal_files.h"
#include "log/segment_indexer.h"
#include "log/segment_store.h"
#include "log/write_guard.h"

namespace leat::log {

class Checkpointer {
 public:
  struct Job {
    std::string encoded;  // of the Checkpoint
    uint64_t journal_number = 0;
    // Their files go when the checkpoint is durable.
    std::vector<GenerationId> removed;
    std::vector<std::string> removed_segments;  // paths
    // Get their index files then.
    std::vector<IndexJob> segments_to_index;
  };

  Checkpointer(Fs& fs, DataPaths paths, SegmentStore& segments, JournalFiles& journals,
               WriteGuard& guard, uint64_t indexed_bytes_max);
  ~Checkpointer();  // finishes the job at hand

  // Starts JOB once the one before is done. An error: the log has failed, or was closed while there
  // was no room on the disk.
  Status start(Job job);
  // Waits for the job at hand.
  Status wait();
  uint64_t total() const;

  // While a hold lasts, CHECKPOINT and the journal files that it names stay as they are; the
  // committer goes on until its journal file is full. For milliseconds. Any thread.
  std::unique_lock<std::mutex> hold() { return std::unique_lock(files_mutex_); }
  // While a pin lasts no file of a segment is removed. Any thread; must not outlive this.
  std::shared_ptr<void> pin_files() { return pin_; }

 private:
  void run();
  Status write(const Job& job);
  Status clean_up(const Job& job);
  void write_indexes(const Job& job);
  Status remove_files(const Job& job);

  Fs& fs_;
  const DataPaths paths_;
  SegmentStore& segments_;
  JournalFiles& journals_;
  WriteGuard& guard_;
  const uint64_t indexed_bytes_max_;

  std::mutex files_mutex_;
  std::shared_ptr<void> pin_ = std::make_shared<char>();  // pinned while somebody else has it, too
  std::vector<Job> unremoved_;                            // whose files were pinned; of the thread
  std::deque<IndexJob> to_index_;                         // of the thread

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Job> job_;
  bool working_ = false;
  bool stopping_ = false;
  uint64_t total_ = 0;
  Status status_;  // of the last job; the log ends with the first that fails
  std::thread thread_;
};

}  // namespace leat::log
