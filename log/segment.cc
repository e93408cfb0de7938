#include "log/segment.h"

#include "log/data_paths.h"

namespace leat::log {

std::string segment_file_name(const SegmentName& name) {
  auto base = static_cast<uint64_t>(name.base.value());
  if (name.revision == 0) return numbered_name(base, kSegmentSuffix);
  return numbered_name(base, ".r" + std::to_string(name.revision)) + std::string(kSegmentSuffix);
}

}  // namespace leat::log
