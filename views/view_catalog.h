// The views that there are, as stored: which definition, built into which group, over which
// schemas.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "log/base/ids.h"
#include "log/base/status.h"
#include "log/store/store.h"
#include "views/view_tables.h"

namespace leat::views {

// A CREATE MATERIALIZED VIEW and where it stands.
struct ViewSource {
  std::string name;
  std::string path;  // of the file
  std::string text;  // the whole of it
  std::string query;
  int query_offset = 0;  // of the query in the text
};

// The topics a view reads, with the schema it was planned over.
using InputSchemas = std::map<std::string, SchemaId, std::less<>>;

struct ViewRecord {
  ViewId id;
  ViewSource source;
  GroupSlot slot;
  // False: it is being built; another record of the same name may still answer.
  bool attached = false;
  InputSchemas inputs;
};

class ViewCatalog {
 public:
  // STORE must outlive the catalog; TABLE is flushed by nobody else.
  static Result<ViewCatalog> load(store::Store& store, store::TableId table);

  const std::map<ViewId, ViewRecord>& records() const { return records_; }
  // The attached record of that name, or the one being built; null where there is none.
  const ViewRecord* find(std::string_view name, bool attached) const;
  bool slot_in_use(GroupSlot slot) const;

  // A new id; it is stored with the next apply().
  ViewId allocate_id() { return next_id_ = next_id_.next(); }
  // Puts and erases records: all durable at once when it returns, or none.
  Status apply(const std::vector<ViewRecord>& put, const std::vector<ViewId>& erase);

 private:
  ViewCatalog(store::Store& store, store::TableId table) : store_(&store), table_(table) {}

  store::Store* store_;
  store::TableId table_;
  ViewId next_id_;  // the last one given
  std::map<ViewId, ViewRecord> records_;
};

}  // namespace leat::views
