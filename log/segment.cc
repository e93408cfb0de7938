#include "log/segment.h"

#include "log/data_paths.h"

namespace leat::log {

std::string segment_file_name(const SegmentName& name, std::string_view suffix) {
  auto base = static_cast<uint64_t>(name.base.value());
  if (name.revision == 0) return numbered_name(base, suffix);
  return numbered_name(base, ".r" + std::to_string(name.revision)) + std::string(suffix);
}

}  // namespace leat::log
