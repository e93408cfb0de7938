#include "log/kept_room.h"

#include "log/base/size_text.h"

namespace leat::log {

Status KeptRoom::check() const {
  return check(bytes_);
}

Status KeptRoom::check_last_quarter() const {
  return check(bytes_ / 4);
}

Status KeptRoom::check(uint64_t kept) const {
  if (kept == 0) return Ok{};
  auto free = fs_.free_bytes(dir_);
  if (!free.ok() || *free >= kept) return Ok{};
  return Error::transient("only " + bytes_text(*free) + " are free, and " + bytes_text(bytes_) +
                          " are kept for compaction");
}

}  // namespace leat::log
