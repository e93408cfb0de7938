// Room on the disk that appends leave to compaction and retention, which make more of it: without,
// a disk that appends have filled could never be compacted.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "log/base/fs.h"
#include "log/base/status.h"

namespace leat::log {

// Any thread.
class KeptRoom {
 public:
  // BYTES of the file system that DIR lies in; 0: none.
  KeptRoom(Fs& fs, std::string dir, uint64_t bytes)
      : fs_(fs), dir_(std::move(dir)), bytes_(bytes) {}

  // A transient error while less than that is free. A file system that does not say has room.
  Status check() const;
  // The same for a writer that others cannot go round: it leaves a quarter of it.
  Status check_last_quarter() const;

 private:
  Status check(uint64_t kept) const;

  Fs& fs_;
  const std::string dir_;
  const uint64_t bytes_;
};

}  // namespace leat::log
