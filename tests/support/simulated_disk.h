// The files of a disk in memory: what processes see, what is durable of it, and what a loss of
// power would leave: of what was not synced any 512-byte sectors are there or not, files have any
// size in between, and names that were made, moved or removed in a directory that was not synced
// are so or not, each for itself. A process's way to it is RecordingFs.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "log/base/status.h"
#include "tests/support/random.h"

namespace leat::test {

// A path without its last name, "/" for one of the root, and that last name.
std::string parent_of(const std::string& path);
std::string name_of(const std::string& path);
Error missing(const std::string& path);

// Thread-safe. Paths are plain strings; "." and ".." mean nothing.
class SimulatedDisk {
 public:
  // One possible disk after a loss of power now.
  std::shared_ptr<SimulatedDisk> after_power_loss(Random& random) const;

  // For tests that look at, or damage, what is there.
  std::vector<std::string> files() const;
  std::string contents(const std::string& path) const;
  uint64_t bytes() const;  // of all files
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

}  // namespace leat::test
