#include "views/view_snapshot.h"

#include <spdlog/fmt/fmt.h>

#include "views/view_rows.h"

namespace leat::views {

Status ViewSnapshot::scan(std::string_view relation, std::string_view key_prefix,
                          const std::function<bool(std::string_view row)>& row) const {
  auto found = views_.find(relation);
  if (found == views_.end()) {
    return Error::permanent(fmt::format("relation \"{}\" does not exist", relation));
  }
  const ReadableView& view = found->second;
  if (!view.unreadable.empty()) return Error::permanent(view.unreadable);
  return scan_view_rows(*rows_, view.rows, view.id, key_prefix, row);
}

Status ViewSnapshot::check_one_cut(std::span<const std::string> relations) const {
  if (relations.size() < 2) return Ok{};
  for (const std::string& name : relations) {
    auto found = views_.find(name);
    if (found == views_.end() || found->second.status.state != ViewState::frozen) continue;
    return Error::permanent(fmt::format(
        "view {} is frozen as of cut {} ({}) and cannot be read together with others, which go on",
        name, found->second.status.cut.value(), found->second.status.reason));
  }
  return Ok{};
}

}  // namespace leat::views
