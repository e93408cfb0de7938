#include "log/store/room_waiter.h"

#include <rocksdb/file_system.h>

#include "log/store/rocks_log.h"

namespace leat::store {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

// Not as want of room: from that RocksDB would recover by itself, with a flush of its own.
IOStatus refused(const std::string& path) {
  return IOStatus::IOError(path, "no room on the disk, and nobody waits for it");
}

// Half a write cannot be repeated (RocksDB's files append), so the room is reserved first, and
// where there is none nothing is written. Where a file system cannot reserve, the write is tried as
// it is.
class PatientFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  PatientFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::string path, RoomWaiter& waiter)
      : FSWritableFileOwnerWrapper(std::move(file)), path_(std::move(path)), waiter_(waiter) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  IODebugContext* debug) override {
    if (!reserve(data.size(), options, debug)) return refused(path_);
    return target()->Append(data, options, debug);
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& verification,
                  IODebugContext* debug) override {
    if (!reserve(data.size(), options, debug)) return refused(path_);
    return target()->Append(data, options, verification, debug);
  }

 private:
  bool reserve(size_t bytes, const IOOptions& options, IODebugContext* debug) {
    uint64_t end = target()->GetFileSize(options, debug);
    return waiter_.wait(
        path_, [&] { return !target()->Allocate(end, bytes, options, debug).IsNoSpace(); });
  }

  std::string path_;
  RoomWaiter& waiter_;
};

class PatientFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit PatientFileSystem(RoomWaiter& waiter)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), waiter_(waiter) {}

  const char* Name() const override { return "leat"; }

  IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           IODebugContext* debug) override {
    IOStatus made;
    const bool done = waiter_.wait(path, [&] {
      made = target()->NewWritableFile(path, options, file, debug);
      return !made.IsNoSpace();
    });
    if (!done) return refused(path);
    if (made.ok()) *file = std::make_unique<PatientFile>(std::move(*file), path, waiter_);
    return made;
  }

  IOStatus NewLogger(const std::string& path, const IOOptions& /*options*/,
                     std::shared_ptr<rocksdb::Logger>* log, IODebugContext* /*debug*/) override {
    *log = make_rocks_log(path);
    return IOStatus::OK();
  }

 private:
  RoomWaiter& waiter_;
};

}  // namespace

void RoomWaiter::begin() {
  std::lock_guard lock(mutex_);
  patient_ = true;
  refused_ = false;
}

void RoomWaiter::give_up() {
  std::lock_guard lock(mutex_);
  patient_ = false;
  given_up_.notify_all();
}

std::string RoomWaiter::paused_reason() const {
  std::lock_guard lock(mutex_);
  if (waiting_.empty()) return {};
  return "cannot write " + waiting_.begin()->second + ": No space left on device";
}

bool RoomWaiter::has_refused() const {
  std::lock_guard lock(mutex_);
  return refused_;
}

bool RoomWaiter::wait(const std::string& file, const std::function<bool()>& try_once) {
  bool done = try_once();
  if (done) return true;
  std::unique_lock lock(mutex_);
  waiting_[&try_once] = file;
  while (patient_ && !done) {
    given_up_.wait_for(lock, kRetryDelay, [this] { return !patient_; });
    lock.unlock();
    done = try_once();
    lock.lock();
  }
  waiting_.erase(&try_once);
  refused_ = refused_ || !done;
  return done;
}

std::shared_ptr<rocksdb::FileSystem> file_system_that_waits(RoomWaiter& waiter) {
  return std::make_shared<PatientFileSystem>(waiter);
}

}  // namespace leat::store
