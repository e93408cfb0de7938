#include "tests/support/recording_fs.h"

#include <algorithm>
#include <utility>

namespace leat::test {

// --- A file -----------------------------------------------------------------------------------

class RecordingFile final : public File {
 public:
  RecordingFile(RecordingFs* fs, std::shared_ptr<SimulatedDisk> disk, std::string path,
                SimulatedDisk::InodePtr inode, std::string lock = {})
      : fs_(fs),
        disk_(std::move(disk)),
        path_(std::move(path)),
        inode_(std::move(inode)),
        lock_(std::move(lock)) {}
  ~RecordingFile() override {
    if (!lock_.empty()) fs_->unlock(lock_);
  }
  RecordingFile(const RecordingFile&) = delete;
  RecordingFile& operator=(const RecordingFile&) = delete;

  Result<size_t> read_at(uint64_t offset, char* buffer, size_t size) const override {
    LEAT_RETURN_IF_ERROR(fs_->check_alive());
    std::lock_guard lock(disk_->mutex_);
    if (offset >= inode_->now.size()) return size_t{0};
    return inode_->now.copy(buffer, size, offset);
  }

  Status write_at(uint64_t offset, std::string_view bytes) override {
    bool is_short = false;
    Status status = fs_->begin_change(path_, RecordingFs::Room::needed, &is_short);
    if (is_short) bytes = bytes.substr(0, bytes.size() / 2);
    if (status.ok() || is_short) change({offset, std::string(bytes), {}});
    fs_->end_change();
    return status;
  }

  Status sync() override {
    return fs_->change(path_, RecordingFs::Room::not_needed, [this] {
      std::lock_guard lock(disk_->mutex_);
      inode_->durable = inode_->now;
      inode_->unsynced.clear();
      return Status();
    });
  }

  Status truncate(uint64_t size) override { return resize(size); }
  Status preallocate(uint64_t size) override {
    LEAT_ASSIGN_OR_RETURN(uint64_t now, this->size());
    return resize(std::max(now, size));
  }

  Result<uint64_t> size() const override {
    LEAT_RETURN_IF_ERROR(fs_->check_alive());
    std::lock_guard lock(disk_->mutex_);
    return uint64_t{inode_->now.size()};
  }

 private:
  Status resize(uint64_t size) {
    return fs_->change(path_, RecordingFs::Room::needed, [&] {
      change({0, {}, size});
      return Status();
    });
  }
  void change(SimulatedDisk::Change change) {
    std::lock_guard lock(disk_->mutex_);
    SimulatedDisk::apply(change, &inode_->now);
    inode_->unsynced.push_back(std::move(change));
  }

  RecordingFs* fs_;
  std::shared_ptr<SimulatedDisk> disk_;
  std::string path_;
  SimulatedDisk::InodePtr inode_;
  std::string lock_;
};

// --- The file system --------------------------------------------------------------------------

Result<std::unique_ptr<File>> RecordingFs::open(const std::string& path, OpenMode mode) {
  LEAT_RETURN_IF_ERROR(check_alive());
  if (mode == OpenMode::create_new) {
    LEAT_RETURN_IF_ERROR(change(path, Room::needed, [&]() -> Status {
      std::lock_guard lock(disk_->mutex_);
      if (disk_->find(path) != nullptr) return Error::permanent(path + ": exists");
      auto inode = std::make_shared<SimulatedDisk::Inode>();
      return disk_->change_name(parent_of(path), {{}, name_of(path), std::move(inode)});
    }));
  }
  std::lock_guard lock(disk_->mutex_);
  auto inode = disk_->find(path);
  if (inode == nullptr) return missing(path);
  return std::unique_ptr<File>(
      std::make_unique<RecordingFile>(this, disk_, path, std::move(inode)));
}

Result<bool> RecordingFs::exists(const std::string& path) {
  LEAT_RETURN_IF_ERROR(check_alive());
  std::lock_guard lock(disk_->mutex_);
  return disk_->directory(path) != nullptr || disk_->find(path) != nullptr;
}

Status RecordingFs::rename(const std::string& from, const std::string& to) {
  return change(from, Room::not_needed, [&]() -> Status {
    std::lock_guard lock(disk_->mutex_);
    auto inode = disk_->find(from);
    if (inode == nullptr) return missing(from);
    if (parent_of(from) != parent_of(to)) return Error::permanent("only within a directory");
    return disk_->change_name(parent_of(from), {name_of(from), name_of(to), std::move(inode)});
  });
}

Status RecordingFs::remove_file(const std::string& path) {
  return change(path, Room::not_needed, [&]() -> Status {
    std::lock_guard lock(disk_->mutex_);
    if (disk_->find(path) == nullptr) return missing(path);
    return disk_->change_name(parent_of(path), {name_of(path), {}, nullptr});
  });
}

Status RecordingFs::remove_dir(const std::string& path) {
  return change(path, Room::not_needed, [&]() -> Status {
    std::lock_guard lock(disk_->mutex_);
    auto* dir = disk_->directory(path);
    if (dir == nullptr) return missing(path);
    if (!dir->now.empty()) return Error::permanent(path + ": not empty");
    return disk_->change_name(parent_of(path), {name_of(path), {}, nullptr});
  });
}

Status RecordingFs::create_dirs(const std::string& path) {
  if (path == "/") return Ok{};
  LEAT_RETURN_IF_ERROR(create_dirs(parent_of(path)));
  LEAT_ASSIGN_OR_RETURN(auto siblings, list_dir(parent_of(path)));
  if (std::binary_search(siblings.begin(), siblings.end(), name_of(path))) return Ok{};
  return change(path, Room::needed, [&]() -> Status {
    std::lock_guard lock(disk_->mutex_);
    disk_->directories_[path] = {};
    return disk_->change_name(parent_of(path), {{}, name_of(path), nullptr});
  });
}

Result<std::vector<std::string>> RecordingFs::list_dir(const std::string& path) {
  LEAT_RETURN_IF_ERROR(check_alive());
  std::lock_guard lock(disk_->mutex_);
  auto* dir = disk_->directory(path);
  if (dir == nullptr) return missing(path);
  std::vector<std::string> names;
  for (const auto& [name, inode] : dir->now) names.push_back(name);
  return names;
}

Status RecordingFs::sync_dir(const std::string& path) {
  return change(path, Room::not_needed, [&]() -> Status {
    std::lock_guard lock(disk_->mutex_);
    auto* dir = disk_->directory(path);
    if (dir == nullptr) return missing(path);
    dir->durable = dir->now;
    dir->unsynced.clear();
    return Ok{};
  });
}

Result<uint64_t> RecordingFs::free_bytes(const std::string&) {
  uint64_t used = disk_->bytes();
  std::lock_guard lock(mutex_);
  return disk_bytes_ - std::min(disk_bytes_, used);
}

void RecordingFs::set_disk_bytes(uint64_t bytes) {
  std::lock_guard lock(mutex_);
  disk_bytes_ = bytes;
}

Result<std::unique_ptr<File>> RecordingFs::lock(const std::string& path) {
  LEAT_RETURN_IF_ERROR(check_alive());
  LEAT_ASSIGN_OR_RETURN(bool there, exists(path));
  if (!there) LEAT_RETURN_IF_ERROR(open(path, OpenMode::create_new));
  std::lock_guard lock(disk_->mutex_);
  if (!disk_->locks_.insert(path).second) return Error::permanent(path + " is locked");
  {
    std::lock_guard own(mutex_);
    locks_held_.insert(path);
  }
  return std::unique_ptr<File>(
      std::make_unique<RecordingFile>(this, disk_, path, disk_->find(path), path));
}

void RecordingFs::kill() {
  std::set<std::string> locks;
  {
    std::lock_guard lock(mutex_);
    killed_ = true;
    locks.swap(locks_held_);
  }
  std::lock_guard lock(disk_->mutex_);
  for (const std::string& path : locks) disk_->locks_.erase(path);
}

// A killed process has lost its locks; another may hold them.
void RecordingFs::unlock(const std::string& path) {
  {
    std::lock_guard lock(mutex_);
    if (locks_held_.erase(path) == 0) return;
  }
  std::lock_guard lock(disk_->mutex_);
  disk_->locks_.erase(path);
}

void RecordingFs::fail(Failure failure, uint64_t at, bool for_good) {
  std::lock_guard lock(mutex_);
  failure_ = failure;
  fail_at_ = calls_ + at;
  fail_for_good_ = for_good;
}

void RecordingFs::kill_at(uint64_t at) {
  std::lock_guard lock(mutex_);
  kill_at_ = calls_ + at;
}

bool RecordingFs::is_killed() const {
  std::lock_guard lock(mutex_);
  return killed_;
}

void RecordingFs::stop_failing() {
  std::lock_guard lock(mutex_);
  failure_.reset();
}

uint64_t RecordingFs::changing_calls() const {
  std::lock_guard lock(mutex_);
  return calls_;
}

void RecordingFs::on_change(std::function<void()> hook) {
  std::lock_guard lock(mutex_);
  hook_ = std::move(hook);
}

Status RecordingFs::check_alive() const {
  std::lock_guard lock(mutex_);
  return killed_ ? Status(Error::permanent("the process was killed")) : Status();
}

Status RecordingFs::begin_change(const std::string& path, Room room, bool* is_short) {
  std::lock_guard lock(mutex_);
  killed_ = killed_ || (kill_at_ && calls_ >= *kill_at_);
  if (killed_) return Error::permanent("the process was killed");
  uint64_t call = calls_++;
  if (!failure_ || call < fail_at_) return Ok{};
  if (*failure_ != Failure::io_error && room == Room::not_needed) return Ok{};
  Failure failure = *failure_;
  if (!fail_for_good_) failure_.reset();
  if (failure == Failure::io_error) return Error::permanent(path + ": input/output error");
  if (failure == Failure::short_write && is_short != nullptr) *is_short = true;
  return Error::transient(path + ": no space left on device");
}

void RecordingFs::end_change() {
  std::function<void()> hook;
  {
    std::lock_guard lock(mutex_);
    hook = hook_;
  }
  if (hook) hook();
}

Status RecordingFs::change(const std::string& path, Room room,
                           const std::function<Status()>& make) {
  Status status = begin_change(path, room);
  if (status.ok()) status = make();
  end_change();
  return status;
}

}  // namespace leat::test
