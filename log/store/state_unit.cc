#include "log/store/state_unit.h"

#include <algorithm>
#include <chrono>
#include <thread>
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
  wait_staging();
  (void)wait_flush();
}

template <class F>
void StateUnit::for_each_table(F&& f) const {
  for (const auto& [name, entry] : tables_) {
    if (entry.table != nullptr) f(*entry.table);
  }
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
  wait_staging();
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

size_t StateUnit::dirty_bytes() const {
  size_t total = 0;
  for_each_table([&](const BufferedTable& table) { total += table.dirty_bytes(); });
  return total;
}

size_t StateUnit::buffered_bytes() const {
  size_t total = dirty_bytes();
  for (TableId table : store_tables()) total += options_.store->unsealed_bytes(table);
  return total;
}

size_t StateUnit::resident_bytes() const {
  size_t total = 0;
  for_each_table([&](const BufferedTable& table) {
    if (table.complete()) total += table.bytes();
  });
  return total;
}

std::vector<TableId> StateUnit::store_tables() const {
  std::vector<TableId> out = options_.flushed_with;
  out.push_back(options_.state_table);
  return out;
}

bool StateUnit::wants_flush() {
  if (options_.store == nullptr) return false;
  finish_staging();
  finish_flush();
  const size_t dirty = dirty_bytes();
  if (staging_.valid()) return dirty > 2 * options_.buffered_bytes_max;
  if (!requested_ && buffered_bytes() < options_.buffered_bytes_max) return false;
  if (dirty <= kRestBytesMax || staging_rounds_ == kStagingRoundsMax) return true;
  begin_staging();
  return false;
}

// --- Staging ----------------------------------------------------------------------------------

void StateUnit::begin_staging() {
  ++staging_rounds_;
  staging_ = std::async(std::launch::async, [store = options_.store, frozen = freeze_tables()] {
    return write_out(*store, frozen);
  });
}

void StateUnit::finish_staging() {
  using namespace std::chrono_literals;
  if (staging_.valid() && staging_.wait_for(0s) == std::future_status::ready) wait_staging();
}

void StateUnit::wait_staging() {
  if (!staging_.valid()) return;
  note(staging_.get());
  drop_frozen();
}

// The smallest complete tables that fit the bound together stay; the others go to the Store.
std::vector<StateUnit::FrozenTable> StateUnit::freeze_tables() {
  std::vector<BufferedTable*> tables;
  for_each_table([&](BufferedTable& table) { tables.push_back(&table); });
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

// Also on the staging thread: touches the store, the frozen entries and what never changes.
Status StateUnit::write_out(Store& store, const std::vector<FrozenTable>& frozen) {
  auto write = [&](WriteBatch& batch) { return store.write(batch); };
  for (const FrozenTable& each : frozen) {
    LEAT_RETURN_IF_ERROR(each.table->write_out(*each.entries, write));
  }
  return Ok{};
}

void StateUnit::drop_frozen() {
  // After an error what is frozen is nowhere else.
  if (!status_.ok()) return;
  for_each_table([](BufferedTable& table) { table.drop_frozen(); });
}

// --- Flushing ---------------------------------------------------------------------------------

Status StateUnit::begin_flush(std::string position) {
  LEAT_CHECK(options_.store != nullptr && !position.empty());
  finish_staging();
  finish_flush();
  if (staging_.valid() || is_flushing()) ++stats_.flush_waits;
  wait_staging();
  LEAT_RETURN_IF_ERROR(wait_flush());
  note(write_rest_and_seal(position));
  drop_frozen();
  LEAT_RETURN_IF_ERROR(status_);
  flushing_position_ = std::move(position);
  requested_ = false;
  staging_rounds_ = 0;
  return Ok{};
}

Status StateUnit::write_rest_and_seal(const std::string& position) {
  Store& store = *options_.store;
  LEAT_RETURN_IF_ERROR(write_out(store, freeze_tables()));
  WriteBatch batch(store);
  batch.put(options_.state_table, position_key(), position);
  LEAT_RETURN_IF_ERROR(store.write(batch));
  return store.begin_flush(store_tables());
}

void StateUnit::finish_flush() {
  if (!is_flushing() || !status_.ok()) return;
  const Result<bool> done = options_.store->flush_is_done(store_tables());
  if (!done.ok()) return note(done.error());
  if (!*done) return;
  ++stats_.flushes;
  flushed_position_ = std::exchange(flushing_position_, std::string());
}

Status StateUnit::wait_flush() {
  using namespace std::chrono_literals;
  for (finish_flush(); is_flushing() && status_.ok(); finish_flush()) {
    std::this_thread::sleep_for(1ms);
  }
  return status_;
}

const std::string& StateUnit::flushed_position() {
  finish_flush();
  return flushed_position_;
}

void StateUnit::note(Status ended) {
  if (status_.ok()) status_ = std::move(ended);
}

Status StateUnit::status() {
  finish_staging();
  finish_flush();
  const bool in_memory = options_.store == nullptr;
  if (in_memory && stats().memory_bytes > options_.resident_bytes_max) {
    note(Error::permanent("the query needs more than its limit of " +
                          std::to_string(options_.resident_bytes_max >> 20) +
                          " MB of memory; narrow it, or make it a view"));
  }
  return status_;
}

StateUnitStats StateUnit::stats() const {
  StateUnitStats out = stats_;
  for_each_table([&](const BufferedTable& table) {
    ++out.tables;
    out.complete_tables += table.complete();
    out.memory_bytes += table.bytes();
  });
  return out;
}

}  // namespace leat::store
