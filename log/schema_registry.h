// The schemas by id and by content. A new one waits here for the next cut, which stores it: every
// cut that uses a schema comes no earlier. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "log/base/status.h"
#include "log/cut_record.h"
#include "log/model/schema.h"

namespace leat::log {

class SchemaRegistry {
 public:
  // Takes in a schema that a durable cut stored.
  Status restore(const StoredSchema& stored);

  SchemaId id_of(const Schema& schema);
  std::shared_ptr<const Schema> find(SchemaId id) const;

  // Those that no cut has stored yet; the next one must.
  std::vector<StoredSchema> take_new();
  void note_stored(const std::vector<StoredSchema>& schemas);
  // All that are in durable cuts.
  std::vector<StoredSchema> stored() const;

 private:
  SchemaId add(std::string bytes, Schema schema, SchemaId id);

  mutable std::mutex mutex_;
  std::map<SchemaId, std::shared_ptr<const Schema>> by_id_;
  std::map<std::string, SchemaId, std::less<>> by_content_;
  std::vector<StoredSchema> stored_;
  std::vector<StoredSchema> new_;
  SchemaId next_{1};
};

}  // namespace leat::log
