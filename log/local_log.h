// The change log on this machine's disk: docs/log-format.md says what its files hold and why.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "log/backup.h"
#include "log/base/clock.h"
#include "log/base/fs.h"
#include "log/change_log.h"
#include "log/segment_access.h"

namespace leat::log {

struct LocalLogOptions {
  Fs& fs;
  Clock& clock;
  std::string dir;

  // Units wait in memory up to this many bytes; submit() blocks beyond it. A cut takes at most what
  // is queued, so this bounds a cut too (but one unit is never split, however large).
  size_t queue_bytes_max = 16 << 20;
  uint64_t segment_bytes_max = 256 << 20;
  // One journal file. When it is full the log goes on in a second one and writes a checkpoint.
  uint64_t journal_bytes = 32 << 20;
  // A cut of at most this many bytes travels inside its journal record.
  size_t inline_bytes_max = 1 << 20;
  // Segment files kept open for use; as many again wait to be synced, and as many are being synced.
  size_t open_files_max = 256;
  // Below so much room on the disk appends wait, as for a full one: the rest is kept for compaction
  // and retention, which go on.
  uint64_t kept_room_bytes = 0;
  // Read of segments at one checkpoint, or at the close, to make their index files: some tenths of
  // a second. What is more than that waits for the next one.
  uint64_t indexed_bytes_max = uint64_t{512} << 20;
  // Between tries of a write that failed for want of room.
  std::chrono::milliseconds retry_delay_max{1000};

  // The settings of a new topic whose CreateTopic names none; the defaults where this is empty. Any
  // thread.
  std::function<TopicSettings(std::string_view topic, TopicKind)> settings_of_new_topic = {};

  // Called once when the log cannot go on (a failed sync: what is on the disk is unknown, and the
  // kernel would let a second try succeed without writing). The default prints the message and ends
  // the process. A handler that returns leaves a log whose every call fails.
  std::function<void(const Error&)> on_fatal = {};
};

// What an operator wants to know of the log's engine.
struct LogHealth {
  std::string paused_reason;  // not empty: commits wait, and go on by themselves when it passes
  std::string failed_reason;  // not empty: the log has failed for good
  uint64_t cuts_total = 0;    // of this run, as are all totals
  uint64_t units_total = 0;
  uint64_t bytes_total = 0;  // of record batches
  uint64_t checkpoints_total = 0;
  uint64_t queued_bytes = 0;
  int64_t unit_in_parts_us = 0;  // how long one has kept other writers waiting; 0: none does
  uint64_t queue_bytes_max = 0;
  uint64_t journal_used_bytes = 0;
  uint64_t journal_size_bytes = 0;
  int64_t sync_us_p50 = 0;  // of the journal
  int64_t sync_us_p99 = 0;
  uint64_t open_readers = 0;  // CutReaders at work
  // Registered readers that compaction no longer waits for: what they were must be made anew.
  std::vector<DetachedReader> detached_readers;
};

class LocalLog : public ChangeLog {
 public:
  // Opens the log in DIR, made where there is none, and recovers it. Errors: another process has it
  // open; a file of an unknown format; damage that recovery must not hide. They name the file.
  static Result<std::unique_ptr<LocalLog>> open(LocalLogOptions options);

  virtual LogHealth health() const = 0;  // any thread
  // Before what writes is ended: nobody waits for room from now on. What would have to wait, and
  // all in order behind it, is refused (a transient error), for good; units that may pass are
  // committed. Where the disk itself is full the log fails, as of its last durable cut. Any thread.
  virtual void give_up_waiting() = 0;
  // For what compacts the log. Lives as long as the log is open.
  virtual SegmentAccess& segments() = 0;
  // How far each registered reader has come for good. Any thread.
  virtual std::map<std::string, CutId, std::less<>> reader_floors() const = 0;
  // Copies the log as of its newest cut into the directory TO, which must be empty or not there,
  // while the log goes on. PROGRESS is called from this thread. Any thread.
  virtual Result<CopySummary> back_up(const std::string& to, const CopyProgress& progress) = 0;
};

}  // namespace leat::log
