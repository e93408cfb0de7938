// One process's way to a simulated disk: it counts the calls that change something, fails or ends
// the process at any of them, and frees its locks when it is killed. Open another over the same
// disk, and the page cache stays; over SimulatedDisk::after_power_loss, and it does not.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "log/base/fs.h"
#include "tests/support/simulated_disk.h"

namespace leat::test {

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

  // What free_bytes() counts from; no call fails for want of it.
  void set_disk_bytes(uint64_t bytes);

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
  uint64_t disk_bytes_ = uint64_t{1} << 40;
  std::function<void()> hook_;
  std::set<std::string> locks_held_;
};

}  // namespace leat::test
