#include "log/checkpointer.h"

#include <spdlog/spdlog.h>

#include "log/checkpoint.h"

namespace leat::log {

Checkpointer::Checkpointer(Fs& fs, DataPaths paths, SegmentStore& segments, JournalFiles& journals,
                           WriteGuard& guard, uint64_t indexed_bytes_max)
    : fs_(fs),
      paths_(std::move(paths)),
      segments_(segments),
      journals_(journals),
      guard_(guard),
      indexed_bytes_max_(indexed_bytes_max) {
  thread_ = std::thread([this] { run(); });
}

Checkpointer::~Checkpointer() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Status Checkpointer::start(Job job) {
  LEAT_RETURN_IF_ERROR(wait());
  std::lock_guard lock(mutex_);
  job_ = std::move(job);
  changed_.notify_all();
  return Ok{};
}

Status Checkpointer::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !job_ && !working_; });
  return status_;
}

uint64_t Checkpointer::total() const {
  std::lock_guard lock(mutex_);
  return total_;
}

void Checkpointer::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return job_ || stopping_; });
    if (!job_) return;
    Job job = std::move(*job_);
    job_.reset();
    working_ = true;
    lock.unlock();
    Status status = write(job);
    lock.lock();
    working_ = false;
    if (status_.ok()) status_ = status;
    total_ += status.ok() ? 1 : 0;
    changed_.notify_all();
  }
}

Status Checkpointer::write(const Job& job) {
  std::lock_guard lock(files_mutex_);
  LEAT_RETURN_IF_ERROR(guard_.synced([this] { return segments_.sync_all(); }));
  LEAT_RETURN_IF_ERROR(guard_.until_written([&]() -> Status {
    WriteOutcome outcome = write_checkpoint(fs_, paths_, job.encoded);
    return outcome.sync_failed ? Status(guard_.fatal(outcome.status.error())) : outcome.status;
  }));
  LEAT_RETURN_IF_ERROR(guard_.until_written([&] { return clean_up(job); }));
  write_indexes(job);
  return Ok{};
}

// What is pinned goes with a later checkpoint, or when the log is opened the next time.
Status Checkpointer::clean_up(const Job& job) {
  LEAT_RETURN_IF_ERROR(journals_.release_below(job.journal_number));
  if (pin_.use_count() > 1) {
    unremoved_.push_back(job);
    unremoved_.back().encoded.clear();
    return Ok{};
  }
  for (const Job& earlier : unremoved_) LEAT_RETURN_IF_ERROR(remove_files(earlier));
  unremoved_.clear();
  return remove_files(job);
}

Status Checkpointer::remove_files(const Job& job) {
  for (const std::string& path : job.removed_segments) {
    LEAT_RETURN_IF_ERROR(segments_.remove_stray(path));
  }
  for (GenerationId generation : job.removed) {
    LEAT_RETURN_IF_ERROR(segments_.remove_generation(generation));
  }
  return Ok{};
}

// For what they are worth: a segment without them is read from its start. What is too much for now
// waits for the next checkpoint, or the next opening of the log.
void Checkpointer::write_indexes(const Job& job) {
  to_index_.insert(to_index_.end(), job.segments_to_index.begin(), job.segments_to_index.end());
  for (uint64_t bytes = 0; !to_index_.empty() && bytes < indexed_bytes_max_;
       to_index_.pop_front()) {
    const IndexJob& next = to_index_.front();
    auto read = write_index(next.partition, segments_, next.segment);
    if (read.ok()) {
      bytes += *read;
    } else {
      spdlog::debug("no index of {}: {}", next.partition->name(), read.error().message());
    }
  }
}

}  // namespace leat::log
