#include "cdc/source.h"

#include <algorithm>

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

void add_silence(std::chrono::nanoseconds now, SourceStatus* status) {
  constexpr std::chrono::seconds kUsualSilence(15);
  auto silence = now - status->heard_at;
  if (silence < kUsualSilence) return;
  int64_t silence_us = std::chrono::duration_cast<std::chrono::microseconds>(silence).count();
  status->behind_us = std::max(status->behind_us, silence_us);
}

}  // namespace leat::cdc
