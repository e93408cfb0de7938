// Waiting for room on a full disk, in a background thread of RocksDB's: a failed write there would
// close the store until it is opened again, although nothing is wrong but the room. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace rocksdb {
class FileSystem;
}

namespace leat::store {

class RoomWaiter {
 public:
  // From here on writes wait for room; before it, and after give_up(), they are refused.
  void begin();
  void give_up();
  // Which file waits, and why; empty: none.
  std::string paused_reason() const;

  // A write has been refused since begin(), or before it where that has not been.
  bool has_refused() const;

  // Calls TRY_ONCE until it returns true (there was room, or something else is wrong), or until
  // give_up(): then false.
  bool wait(const std::string& file, const std::function<bool()>& try_once);

 private:
  static constexpr std::chrono::milliseconds kRetryDelay{200};

  mutable std::mutex mutex_;
  std::condition_variable given_up_;
  bool patient_ = false;
  bool refused_ = false;
  std::map<const void*, std::string> waiting_;  // who, and for which file
};

// The machine's file system, whose files reserve the room for what is written to them beforehand
// and wait for it by WAITER, which must outlive it.
std::shared_ptr<rocksdb::FileSystem> file_system_that_waits(RoomWaiter& waiter);

}  // namespace leat::store
