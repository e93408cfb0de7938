// The store's tables that hold views: one catalog, and two for each group of views.
#pragma once

#include <string>
#include <vector>

#include "log/base/ids.h"
#include "log/store/store.h"

namespace leat::views {

// A view as built: a changed definition gets a new one. Never used twice.
using ViewId = StrongId<struct ViewTag, uint64_t>;

// Views that were built together and are durable together (view_group.h). A slot is used again.
using GroupSlot = StrongId<struct GroupSlotTag, uint32_t>;
inline constexpr uint32_t kGroupSlots = 8;

struct GroupTables {
  store::TableId state;  // arrangements: the StateUnit's
  store::TableId rows;   // ViewId, unique key → row
};

// Which tables of the store are the views': a run of them, in the order of names().
class ViewTables {
 public:
  static std::vector<std::string> names();

  // FIRST_INDEX: where names() begins in StoreOptions::tables.
  explicit ViewTables(uint32_t first_index) : first_(first_index) {}

  store::TableId catalog() const { return store::TableId(first_); }
  GroupTables group(GroupSlot slot) const {
    uint32_t at = first_ + 1 + 2 * slot.value();
    return {store::TableId(at), store::TableId(at + 1)};
  }

 private:
  uint32_t first_;
};

}  // namespace leat::views
