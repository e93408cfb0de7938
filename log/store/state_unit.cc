#include "log/store/state_unit.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "log/base/bytes.h"
#include "log/base/check.h"

namespace leat::store {
namespace {

// Keys of the state table: the table's id (u32, big-endian), then the row's key. Id 0 is the unit's
// own: 'n' + name → id (u32, big-endian), 'p' → position.
std::string id_prefix(uint32_t id) {
  std::string out;
  append_be(&out, id);
  return out;
}
std::string names_prefix() {
  return id_prefix(0) + 'n';
}
std::string position_key() {
  return id_prefix(0) + 'p';
}

Error unreadable_name() {
  return Error::permanent("the state store's list of tables cannot be read");
}

}  // namespace

Result<std::unique_ptr<StateUnit>> StateUnit::open(const StateUnitOptions& options) {
  LEAT_CHECK(options.store != nullptr);
  std::unique_ptr<StateUnit> unit(new StateUnit(options));
  LEAT_RETURN_IF_ERROR(unit->read_names());
  LEAT_ASSIGN_OR_RETURN(auto position, options.store->get(options.state_table, position_key()));
  unit->stored_position_ = position.value_or("");
  unit->flushed_position_ = unit->stored_position_;
  return unit;
}

std::unique_ptr<StateUnit> StateUnit::in_memory(size_t bytes_max) {
  StateUnitOptions options;
  options.resident_bytes_max = bytes_max;
  return std::unique_ptr<StateUnit>(new StateUnit(options));
}

StateUnit::~StateUnit() {
  if (flushing_.valid()) flushing_.wait();
}

Status StateUnit::read_names() {
  const std::string prefix = names_prefix();
  auto cursor = options_.store->scan(options_.state_table, prefix, id_prefix(0) + 'o');
  for (; cursor->valid(); cursor->next()) {
    ByteReader reader(cursor->value());
    const auto id = reader.be<uint32_t>();
    if (!reader.done() || id == 0) return unreadable_name();
    tables_[std::string(cursor->key().substr(prefix.size()))].id = id;
    next_id_ = std::max(next_id_, id + 1);
  }
  return cursor->status();
}

Result<BufferedTable*> StateUnit::table(std::string_view name, Grouping grouping) {
  auto at = tables_.find(name);
  const bool stored = at != tables_.end();
  if (!stored) at = tables_.emplace(std::string(name), NamedTable{next_id_++, nullptr}).first;
  NamedTable& entry = at->second;
  if (entry.table != nullptr) return entry.table.get();
  Store* store = options_.store;
  entry.table.reset(new BufferedTable(store, options_.state_table, id_prefix(entry.id), grouping));
  if (stored) {
    const size_t held = resident_bytes();
    const size_t max = options_.resident_bytes_max;
    LEAT_RETURN_IF_ERROR(entry.table->load(held < max ? max - held : 0));
  } else if (store != nullptr) {
    WriteBatch batch(*store);
    batch.put(options_.state_table, names_prefix() + std::string(name), id_prefix(entry.id));
    LEAT_RETURN_IF_ERROR(store->write(batch));
  }
  return entry.table.get();
}

std::vector<std::string> StateUnit::table_names() const {
  std::vector<std::string> out;
  for (const auto& [name, entry] : tables_) out.push_back(name);
  return out;
}

Status StateUnit::erase_tables(std::string_view prefix) {
  LEAT_RETURN_IF_ERROR(wait_flush());
  auto begin = tables_.lower_bound(prefix);
  auto end = begin;
  for (; end != tables_.end() && end->first.starts_with(prefix); ++end) {
    if (options_.store == nullptr) continue;
    WriteBatch batch(*options_.store);
    batch.erase_range(options_.state_table, id_prefix(end->second.id),
                      id_prefix(end->second.id + 1));
    batch.erase(options_.state_table, names_prefix() + end->first);
    LEAT_RETURN_IF_ERROR(options_.store->write(batch));
  }
  tables_.erase(begin, end);
  return Ok{};
}

bool StateUnit::wants_flush() {
  finish_flush();
  if (options_.store == nullptr) return false;
  size_t buffered = 0;
  for (const auto& [name, entry] : tables_) {
    if (entry.table != nullptr) buffered += entry.table->dirty_bytes();
  }
  for (TableId table : options_.flushed_with) buffered += options_.store->unflushed_bytes(table);
  return buffered >= options_.buffered_bytes_max;
}

Status StateUnit::begin_flush(std::string position) {
  LEAT_CHECK(options_.store != nullptr && !position.empty());
  using namespace std::chrono_literals;
  if (flushing_.valid() && flushing_.wait_for(0s) != std::future_status::ready) {
    ++stats_.flush_waits;
  }
  LEAT_RETURN_IF_ERROR(wait_flush());
  flushing_position_ = std::move(position);
  flushing_ =
      std::async(std::launch::async, [this, frozen = freeze_tables(), to = flushing_position_] {
        return write_and_flush(frozen, to);
      });
  return Ok{};
}

// The smallest complete tables that fit the bound together stay; the others go to the Store.
std::vector<StateUnit::FrozenTable> StateUnit::freeze_tables() {
  std::vector<BufferedTable*> tables;
  for (const auto& [name, entry] : tables_) {
    if (entry.table != nullptr) tables.push_back(entry.table.get());
  }
  std::sort(tables.begin(), tables.end(),
            [](const auto* a, const auto* b) { return a->bytes() < b->bytes(); });
  std::vector<FrozenTable> out;
  size_t resident = 0;
  for (BufferedTable* table : tables) {
    if (table->complete()) resident += table->bytes();
    auto entries = table->freeze(/*keep_complete=*/resident <= options_.resident_bytes_max);
    if (entries != nullptr) out.push_back({table, std::move(entries)});
  }
  return out;
}

// On the background thread: touches the store, the frozen entries and what never changes.
Status StateUnit::write_and_flush(const std::vector<FrozenTable>& frozen,
                                  const std::string& position) const {
  Store& store = *options_.store;
  auto write = [&](WriteBatch& batch) { return store.write(batch); };
  for (const FrozenTable& each : frozen) {
    LEAT_RETURN_IF_ERROR(each.table->write_out(*each.entries, write));
  }
  WriteBatch batch(store);
  batch.put(options_.state_table, position_key(), position);
  LEAT_RETURN_IF_ERROR(store.write(batch));
  std::vector<TableId> store_tables = options_.flushed_with;
  store_tables.push_back(options_.state_table);
  return store.flush(store_tables);
}

Status StateUnit::wait_flush() {
  if (flushing_.valid()) flushing_.wait();
  return status();
}

const std::string& StateUnit::flushed_position() {
  finish_flush();
  return flushed_position_;
}

void StateUnit::finish_flush() {
  using namespace std::chrono_literals;
  if (!flushing_.valid() || flushing_.wait_for(0s) != std::future_status::ready) return;
  Status ended = flushing_.get();
  if (!ended.ok()) {
    status_ = ended;  // what is frozen stays, so that nothing reads wrong
    return;
  }
  ++stats_.flushes;
  flushed_position_ = flushing_position_;
  for (const auto& [name, entry] : tables_) {
    if (entry.table != nullptr) entry.table->drop_frozen();
  }
}

Status StateUnit::status() {
  finish_flush();
  if (status_.ok() && options_.store == nullptr &&
      stats().memory_bytes > options_.resident_bytes_max) {
    status_ = Error::permanent("the query needs more than its limit of " +
                               std::to_string(options_.resident_bytes_max >> 20) +
                               " MB of memory; narrow it, or make it a view");
  }
  return status_;
}

size_t StateUnit::resident_bytes() const {
  size_t total = 0;
  for (const auto& [name, entry] : tables_) {
    if (entry.table != nullptr && entry.table->complete()) total += entry.table->bytes();
  }
  return total;
}

StateUnitStats StateUnit::stats() const {
  StateUnitStats out = stats_;
  for (const auto& [name, entry] : tables_) {
    if (entry.table == nullptr) continue;
    ++out.tables;
    out.complete_tables += entry.table->complete();
    out.memory_bytes += entry.table->bytes();
  }
  return out;
}

}  // namespace leat::store
