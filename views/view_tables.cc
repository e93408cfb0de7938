#include "views/view_tables.h"

namespace leat::views {

std::vector<std::string> ViewTables::names() {
  std::vector<std::string> out = {"views.catalog"};
  for (uint32_t slot = 0; slot < kGroupSlots; ++slot) {
    std::string prefix = "views." + std::to_string(slot);
    out.push_back(prefix + ".state");
    out.push_back(prefix + ".rows");
  }
  return out;
}

}  // namespace leat::views
