// What `leat log verify` prints.
#pragma once

#include <string>

#include "log/log_verify.h"

namespace leat::cli {

// DIR as it was given. Every damage with what to do.
std::string verify_text(const std::string& dir, const log::VerifyReport& report);

}  // namespace leat::cli
