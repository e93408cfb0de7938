// A disk in memory that remembers what was synced, and can say what a loss of power would leave.
//
//   SimulatedDisk   the files: what processes see, and what is durable of it
//   RecordingFs     one process's way to it; kill() it, and open another: the page cache stays
//   SimulatedDisk::after_power_loss   a disk as it may look afterwards: of what was not synced any
//                   512-byte sectors are there or not, files have any size in between, and names
//                   that were made, moved or removed in a directory that was not synced are so or
//                   not, each for itself
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "log/base/fs.h"
#include "tests/support/random.h"

namespace leat::test {

// Thread-safe. Paths are plain strings; "." and ".." mean nothing.
class SimulatedDisk {
 public:
  // One possible disk after a loss of power now.
  std::shared_ptr<SimulatedDisk> after_power_loss(Random& random) const;

  // For tests that look at, or damage, what is there.
  std::vector<std::string> files() const;
  std::string contents(const std::string& path) const;
  void set_contents(const std::string& path, std::string bytes);
  std::shared_ptr<SimulatedDisk> copy() const;

 private:
  friend class RecordingFs;
  friend class RecordingFile;

  struct Change {
    uint64_t offset = 0;
    std::string bytes;
    std::optional<uint64_t> new_size;  // instead: the file got this size
  };
  struct Inode {
    std::string now;
    std::string durable;
    std::vector<Change> unsynced;
  };
  using InodePtr = std::shared_ptr<Inode>;
  struct NameChange {
    std::string removed;  // either may be empty
    std::string made;
    InodePtr file;  // null: a directory
  };
  struct Directory {
    std::map<std::string, InodePtr> now;  // null: a directory
    std::map<std::string, InodePtr> durable;
    std::vector<NameChange> unsynced;
  };

  static void apply(const Change& change, std::string* bytes);
  static std::string lose_power(const Inode& inode, Random& random);
  static std::map<std::string, InodePtr> lose_power(const Directory& directory, Random& random);
  // With the mutex held: the directory and the entry of a path.
  Directory* directory(const std::string& path);
  InodePtr find(const std::string& path);
  Status change_name(const std::string& dir, NameChange change);

  mutable std::mutex mutex_;
  std::map<std::string, Directory> directories_{{"/", {}}};
  std::set<std::string> locks_;
};

class RecordingFs final : public Fs {
 public:
  explicit RecordingFs(std::shared_ptr<SimulatedDisk> disk) : disk_(std::move(disk)) {}

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<bool> exists(const std::string& path) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove_file(const std::string& path) override;
  Status remove_dir(const std::string& path) override;
  Status create_dirs(const std::string& path) override;
  Result<std::vector<std::string>> list_dir(const std::string& path) override;
  Status sync_dir(const std::string& path) override;
  Result<uint64_t> free_bytes(const std::string& path) override;
  Result<std::unique_ptr<File>> lock(const std::string& path) override;

  // From now on every call fails: the process is dead. Its locks are free.
  void kill();
  // The same at the changing call number AT (from now, from 0), which is not made any more.
  void kill_at(uint64_t at);
  bool is_killed() const;

  // The last two befall only calls that need room; a short write does half its work first.
  enum class Failure { io_error, no_space, short_write };
  // Makes the changing call number AT (from now, from 0) fail, and with FOR_GOOD all after it.
  void fail(Failure failure, uint64_t at, bool for_good);
  void stop_failing();
  uint64_t changing_calls() const;

  // Called after each changing call, from the thread that made it, with no lock of this held.
  void on_change(std::function<void()> hook);

 private:
  friend class RecordingFile;

  enum class Room { needed, not_needed };
  // Counts a changing call and gives its error, if it is to fail.
  Status begin_change(const std::string& path, Room room, bool* is_short = nullptr);
  void end_change();
  // The same around a call that is one change of the disk.
  Status change(const std::string& path, Room room, const std::function<Status()>& make);
  Status check_alive() const;
  void unlock(const std::string& path);

  std::shared_ptr<SimulatedDisk> disk_;
  mutable std::mutex mutex_;
  bool killed_ = false;
  uint64_t calls_ = 0;
  std::optional<Failure> failure_;
  uint64_t fail_at_ = 0;
  std::optional<uint64_t> kill_at_;
  bool fail_for_good_ = false;
  std::function<void()> hook_;
  std::set<std::string> locks_held_;
};

}  // namespace leat::test
