#include "log/checkpointer.h"

#include <spdlog/spdlog.h>

#include "log/checkpoint.h"

namespace leat::log {

Checkpointer::Checkpointer(Fs& fs, DataPaths paths, SegmentStore& segments, JournalFiles& journals,
                           WriteGuard& guard)
    : fs_(fs), paths_(std::move(paths)), segments_(segments), journals_(journals), guard_(guard) {
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

// For what they are worth: a segment without them is read from its start.
void Checkpointer::write_indexes(const Job& job) {
  for (const IndexJob& each : job.segments_to_index) {
    Status written = write_index(each.partition, segments_, each.segment);
    if (!written.ok()) {
      spdlog::debug("no index of {}: {}", each.partition->name(), written.error().message());
    }
  }
}

}  // namespace leat::log
