// What `leat log verify` prints.
#pragma once

#include <string>

#include "log/log_verify.h"

namespace leat::cli {

// What the log takes on the disk.
struct LogFiles {
  uint64_t count = 0;
  uint64_t bytes = 0;
};

// Whether nobody has to mend anything: damage of a generation that was replaced goes with it.
bool is_sound(const log::VerifyReport& report);

// DIR as it was given. Every damage with what to do.
std::string verify_text(const std::string& dir, const log::VerifyReport& report,
                        const LogFiles& files);

}  // namespace leat::cli
