#include "log/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace leat {

void check_failed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "%s:%d: check failed: %s (this is a bug in Leat)\n", file, line, condition);
  std::abort();
}

}  // namespace leat
