#include "log/kept_room.h"

namespace leat::log {

Status KeptRoom::check() const {
  if (bytes_ == 0) return Ok{};
  auto free = fs_.free_bytes(dir_);
  if (!free.ok() || *free >= bytes_) return Ok{};
  return Error::transient("only " + std::to_string(*free) + " bytes are free, and " +
                          std::to_string(bytes_) + " are kept for compaction");
}

}  // namespace leat::log
