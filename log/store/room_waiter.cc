#include "log/store/room_waiter.h"

#include <rocksdb/file_system.h>

namespace leat::store {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

// Half a write cannot be repeated (RocksDB's files append), so the room is reserved first. Where a
// file system cannot reserve, the write is tried as it is.
class PatientFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  PatientFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::string path, RoomWaiter& waiter)
      : FSWritableFileOwnerWrapper(std::move(file)), path_(std::move(path)), waiter_(waiter) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  IODebugContext* debug) override {
    reserve(data.size(), options, debug);
    return target()->Append(data, options, debug);
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& verification,
                  IODebugContext* debug) override {
    reserve(data.size(), options, debug);
    return target()->Append(data, options, verification, debug);
  }

 private:
  void reserve(size_t bytes, const IOOptions& options, IODebugContext* debug) {
    uint64_t end = target()->GetFileSize(options, debug);
    waiter_.wait(path_,
                 [&] { return !target()->Allocate(end, bytes, options, debug).IsNoSpace(); });
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
    waiter_.wait(path, [&] {
      made = target()->NewWritableFile(path, options, file, debug);
      return !made.IsNoSpace();
    });
    if (made.ok()) *file = std::make_unique<PatientFile>(std::move(*file), path, waiter_);
    return made;
  }

 private:
  RoomWaiter& waiter_;
};

}  // namespace

void RoomWaiter::begin() {
  std::lock_guard lock(mutex_);
  patient_ = true;
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

void RoomWaiter::wait(const std::string& file, const std::function<bool()>& try_once) {
  if (try_once()) return;
  std::unique_lock lock(mutex_);
  waiting_[&try_once] = file;
  while (patient_) {
    given_up_.wait_for(lock, kRetryDelay, [this] { return !patient_; });
    lock.unlock();
    bool done = try_once();
    lock.lock();
    if (done) break;
  }
  waiting_.erase(&try_once);
}

std::shared_ptr<rocksdb::FileSystem> file_system_that_waits(RoomWaiter& waiter) {
  return std::make_shared<PatientFileSystem>(waiter);
}

}  // namespace leat::store
