#include "cdc/mysql/binding_map.h"

#include <utility>

#include "log/model/table_name.h"

namespace leat::cdc::mysql {
namespace {

constexpr size_t kBoundMax = 4096;

}  // namespace

BindingMap::BindingMap(const TableSet* tables, const std::vector<TableForm>* forms)
    : tables_(tables), forms_(forms) {
  read_names();
}

void BindingMap::read_names() {
  for (uint32_t i = 0; i < tables_->size(); ++i) {
    by_name_.emplace((*tables_)[TableIndex(i)].name, TableIndex(i));
  }
}

Status BindingMap::set(const TableMapEvent& event) {
  auto known = bound_.find(event.table);
  if (known != bound_.end() && known->second.bytes == event.bytes) return Ok();
  LEAT_ASSIGN_OR_RETURN(TableMap map, parse_table_map(event.bytes));
  BoundTable bound = bind(std::move(map));
  bound.bytes = event.bytes;
  bound_.insert_or_assign(event.table, std::move(bound));
  return Ok();
}

BoundTable BindingMap::bind(TableMap map) const {
  BoundTable out;
  auto found = by_name_.find(full_table_name(map.schema, map.name));
  if (found == by_name_.end()) return out;
  out.table = found->second;
  auto binding = TableBinding::bind(std::move(map), (*tables_)[found->second],
                                    (*forms_)[found->second.value()]);
  if (binding.ok()) {
    out.binding = std::move(*binding);
  } else {
    out.mismatch = binding.error().message();
  }
  return out;
}

const BoundTable* BindingMap::find(TableId id) const {
  auto found = bound_.find(id);
  return found == bound_.end() ? nullptr : &found->second;
}

void BindingMap::clear() {
  bound_.clear();
  by_name_.clear();
  read_names();
}

void BindingMap::limit() {
  if (bound_.size() > kBoundMax) bound_.clear();
}

}  // namespace leat::cdc::mysql
