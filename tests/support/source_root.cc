#include "tests/support/source_root.h"

namespace leat::test {

std::filesystem::path source_root() {
  return LEAT_SOURCE_ROOT;
}

}  // namespace leat::test
