#include "log/kept_room.h"

#include "log/base/size_text.h"

namespace leat::log {

Status KeptRoom::check() const {
  if (bytes_ == 0) return Ok{};
  auto free = fs_.free_bytes(dir_);
  if (!free.ok() || *free >= bytes_) return Ok{};
  return Error::transient("only " + bytes_text(*free) + " are free, and " + bytes_text(bytes_) +
                          " are kept for compaction");
}

}  // namespace leat::log
