// What Fs::lock() fails with where another process holds the lock.
#pragma once

#include "log/base/status.h"

namespace leat {

bool is_lock_error(const Error& error);

}  // namespace leat
