#include "log/schema_registry.h"

#include <algorithm>

namespace leat::log {

Status SchemaRegistry::restore(const StoredSchema& stored) {
  LEAT_ASSIGN_OR_RETURN(auto schema, decode_schema(stored.bytes));
  std::lock_guard lock(mutex_);
  add(stored.bytes, std::move(schema), stored.id);
  stored_.push_back(stored);
  return Ok{};
}

SchemaId SchemaRegistry::id_of(const Schema& schema) {
  std::string bytes = encode_schema(schema);
  std::lock_guard lock(mutex_);
  auto known = by_content_.find(bytes);
  if (known != by_content_.end()) return known->second;
  new_.push_back({next_, bytes});
  return add(std::move(bytes), schema, next_);
}

SchemaId SchemaRegistry::add(std::string bytes, Schema schema, SchemaId id) {
  by_id_[id] = std::make_shared<const Schema>(std::move(schema));
  by_content_.emplace(std::move(bytes), id);
  next_ = std::max(next_, id.next());
  return id;
}

std::shared_ptr<const Schema> SchemaRegistry::find(SchemaId id) const {
  std::lock_guard lock(mutex_);
  auto at = by_id_.find(id);
  return at == by_id_.end() ? nullptr : at->second;
}

std::vector<StoredSchema> SchemaRegistry::take_new() {
  std::lock_guard lock(mutex_);
  return std::exchange(new_, {});
}

void SchemaRegistry::note_stored(const std::vector<StoredSchema>& schemas) {
  std::lock_guard lock(mutex_);
  stored_.insert(stored_.end(), schemas.begin(), schemas.end());
}

std::vector<StoredSchema> SchemaRegistry::stored() const {
  std::lock_guard lock(mutex_);
  return stored_;
}

}  // namespace leat::log
