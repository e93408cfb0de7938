#include "cli/topics/known_readers.h"

#include <algorithm>

#include "cli/topics/consumers.h"

namespace leat::cli {

void settle_row_store_floors(const std::vector<std::string>& names, log::LocalLog& log) {
  auto floors = log.reader_floors();
  for (const std::string& name : names) {
    auto floor = floors.find(name);
    if (floor == floors.end()) continue;
    log.set_reader_floor(name, floor->second, log::Hold::while_there_is_room);
  }
}

void forget_other_readers(const std::vector<std::string>& known, log::LocalLog& log) {
  for (const auto& [name, cut] : log.reader_floors()) {
    bool is_known = std::find(known.begin(), known.end(), name) != known.end();
    if (!is_known && !is_consumer_reader(name)) log.forget_reader(name);
  }
}

}  // namespace leat::cli
