#include "cdc/source.h"

#include "log/base/check.h"

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
  check_failed(__FILE__, __LINE__, "a state of a source");
}

}  // namespace leat::cdc
