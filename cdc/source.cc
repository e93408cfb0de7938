#include "cdc/source.h"

namespace leat::cdc {

const char* to_text(SourceState state) {
  switch (state) {
    case SourceState::connecting:
      return "connecting";
    case SourceState::snapshotting:
      return "snapshotting";
    case SourceState::streaming:
      return "streaming";
    case SourceState::retrying:
      return "retrying";
    case SourceState::stopped:
      return "stopped";
  }
  return "unknown";
}

}  // namespace leat::cdc
