#include "log/store/store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>
#include <utility>

#include "log/store/rocks_cursor.h"
#include "log/store/rocks_status.h"
#include "log/store/room_waiter.h"
#include "log/store/state_format.h"

namespace leat::store {
namespace {

rocksdb::Slice slice_of(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}
std::string_view view_of(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

// Nothing is flushed but by Store::flush(): a unit is on disk whole or not at all. So no size, no
// shutdown and no recovery from an error may flush by itself.
rocksdb::DBOptions db_options(const StoreOptions& given,
                              const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.atomic_flush = true;
  options.avoid_flush_during_shutdown = true;
  options.max_bgerror_resume_count = 0;
  options.max_background_jobs = 2;
  options.bytes_per_sync = 1 << 20;
  options.max_open_files = static_cast<int>(given.open_files_max);
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.keep_log_file_num = 2;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  // A limit of 0 never asks for a flush; what the write buffers hold is charged to the cache.
  options.write_buffer_manager = std::make_shared<rocksdb::WriteBufferManager>(0, cache);
  return options;
}

rocksdb::BlockBasedTableOptions block_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions options;
  options.block_cache = cache;
  options.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  options.format_version = 5;
  options.block_size = 8 << 10;
  options.cache_index_and_filter_blocks = true;
  options.pin_l0_filter_and_index_blocks_in_cache = true;
  return options;
}

rocksdb::ColumnFamilyOptions table_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  constexpr size_t kNever = size_t{64} << 30;  // the most that RocksDB takes
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = kNever;
  options.arena_block_size = 256 << 10;
  options.max_write_buffer_number = 4;
  options.compression = rocksdb::kLZ4Compression;
  // No memtable_insert_with_hint_prefix_extractor, nor hints per batch: RocksDB 7.8 then uses one
  // hint for both skiplists of a memtable, rows and erased ranges, and corrupts them. What arrives
  // sorted is cheap to insert without. Flushes are few and large; merging them early costs more
  // than it saves the reads.
  options.level0_file_num_compaction_trigger = 6;
  options.level0_slowdown_writes_trigger = 40;
  options.level0_stop_writes_trigger = 64;
  options.target_file_size_base = 32 << 20;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(block_options(cache)));
  return options;
}

rocksdb::WriteOptions write_options() {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return options;
}

Result<std::optional<std::string>> to_found(const rocksdb::Status& status, std::string value) {
  if (status.IsNotFound()) return std::optional<std::string>();
  LEAT_RETURN_IF_ERROR(to_status(status, "read"));
  return std::optional<std::string>(std::move(value));
}

}  // namespace

struct Store::Impl {
  RoomWaiter room;
  std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(file_system_that_waits(room));
  std::shared_ptr<rocksdb::Cache> cache;
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> tables;  // by TableId
  std::vector<rocksdb::ColumnFamilyHandle*> others;  // on disk, not asked for

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    room.give_up();
    for (auto* handle : tables) db->DestroyColumnFamilyHandle(handle);
    for (auto* handle : others) db->DestroyColumnFamilyHandle(handle);
  }

  rocksdb::ColumnFamilyHandle* table(TableId id) const {
    LEAT_CHECK(id.value() < tables.size());
    return tables[id.value()];
  }
  Status flush(std::span<const TableId> ids, bool wait) const;
  // What RocksDB does not do after it was refused room is want of room; the rest is as it says.
  Error error_of(const Error& error) const;
  uint64_t property(TableId id, const std::string& name) const;
};

// --- WriteBatch -------------------------------------------------------------------------------

struct WriteBatch::Impl {
  explicit Impl(const Store::Impl& of) : store(of) {}

  const Store::Impl& store;
  rocksdb::WriteBatch batch;
};

WriteBatch::WriteBatch(const Store& store) : impl_(std::make_unique<Impl>(*store.impl_)) {}
WriteBatch::~WriteBatch() = default;
WriteBatch::WriteBatch(WriteBatch&&) noexcept = default;
WriteBatch& WriteBatch::operator=(WriteBatch&&) noexcept = default;

// Adding to a RocksDB batch fails only for a batch with a size limit, which this one has not.
void WriteBatch::put(TableId table, std::string_view key, std::string_view value) {
  LEAT_CHECK(impl_->batch.Put(impl_->store.table(table), slice_of(key), slice_of(value)).ok());
}

namespace {

constexpr size_t kPartsMax = 4;

struct Parts {
  explicit Parts(std::span<const std::string_view> from) : count(static_cast<int>(from.size())) {
    LEAT_CHECK(from.size() <= kPartsMax);
    for (size_t i = 0; i < from.size(); ++i) slices[i] = slice_of(from[i]);
  }
  rocksdb::SliceParts view() const { return {slices, count}; }

  rocksdb::Slice slices[kPartsMax];
  int count;
};

}  // namespace

void WriteBatch::put(TableId table, std::span<const std::string_view> key_parts,
                     std::span<const std::string_view> value_parts) {
  const Parts key(key_parts), value(value_parts);
  LEAT_CHECK(impl_->batch.Put(impl_->store.table(table), key.view(), value.view()).ok());
}

void WriteBatch::erase(TableId table, std::string_view key) {
  LEAT_CHECK(impl_->batch.Delete(impl_->store.table(table), slice_of(key)).ok());
}

void WriteBatch::erase_range(TableId table, std::string_view from, std::string_view to) {
  LEAT_CHECK(
      impl_->batch.DeleteRange(impl_->store.table(table), slice_of(from), slice_of(to)).ok());
}

void WriteBatch::clear() {
  impl_->batch.Clear();
}
size_t WriteBatch::count() const {
  return static_cast<size_t>(impl_->batch.Count());
}
size_t WriteBatch::bytes() const {
  return impl_->batch.GetDataSize();
}

// --- Store ------------------------------------------------------------------------------------

namespace {

// The column families to open: RocksDB wants all that are on disk named; DEFAULT always is one.
std::vector<std::string> families_to_open(const StoreOptions& options) {
  std::vector<std::string> names = options.tables;
  std::vector<std::string> on_disk;
  // Fails where there is no database yet: then there is nothing to add.
  (void)rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), options.path, &on_disk);
  on_disk.push_back(rocksdb::kDefaultColumnFamilyName);
  for (const std::string& name : on_disk) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

class RocksSnapshot final : public Snapshot {
 public:
  RocksSnapshot(rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& tables)
      : db_(db), tables_(tables), snapshot_(db.GetSnapshot()) {}
  ~RocksSnapshot() override { db_.ReleaseSnapshot(snapshot_); }
  RocksSnapshot(const RocksSnapshot&) = delete;
  RocksSnapshot& operator=(const RocksSnapshot&) = delete;

  Result<std::optional<std::string>> get(TableId table, std::string_view key) const override {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_;
    std::string value;
    auto status = db_.Get(options, tables_.at(table.value()), slice_of(key), &value);
    return to_found(status, std::move(value));
  }

  std::unique_ptr<Cursor> scan(TableId table, std::string_view from,
                               std::string_view to) const override {
    return make_cursor(db_, tables_.at(table.value()), snapshot_, from, to);
  }

 private:
  rocksdb::DB& db_;
  const std::vector<rocksdb::ColumnFamilyHandle*>& tables_;
  const rocksdb::Snapshot* snapshot_;
};

}  // namespace

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options) {
  LEAT_RETURN_IF_ERROR(check_state_format(Fs::posix(), options.path));
  auto impl = std::make_unique<Impl>();
  impl->cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  const auto family = table_options(impl->cache);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : families_to_open(options)) families.emplace_back(name, family);
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DBOptions settings = db_options(options, impl->cache);
  settings.env = impl->env.get();
  auto status = rocksdb::DB::Open(settings, options.path, families, &handles, &db);
  if (!status.ok()) {
    std::string what = "cannot open the state store in " + options.path + ": " + status.ToString();
    return impl->room.has_refused() ? Error::transient(what) : Error::permanent(what);
  }
  impl->db.reset(db);
  impl->room.begin();
  const auto end_of_tables = handles.begin() + static_cast<ptrdiff_t>(options.tables.size());
  impl->tables.assign(handles.begin(), end_of_tables);
  impl->others.assign(end_of_tables, handles.end());
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Status Store::write(WriteBatch& batch) {
  LEAT_CHECK(&batch.impl_->store == impl_.get());
  Status done = to_status(impl_->db->Write(write_options(), &batch.impl_->batch), "write");
  return done.ok() ? done : impl_->error_of(done.error());
}

Status Store::Impl::flush(std::span<const TableId> ids, bool wait) const {
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  for (TableId id : ids) handles.push_back(table(id));
  rocksdb::FlushOptions options;
  options.wait = wait;
  options.allow_write_stall = true;
  Status done = to_status(db->Flush(options, handles), "flush");
  return done.ok() ? done : error_of(done.error());
}

Error Store::Impl::error_of(const Error& error) const {
  if (!room.has_refused()) return error;
  return Error::transient("there is no room on the disk to flush the state");
}

uint64_t Store::Impl::property(TableId id, const std::string& name) const {
  uint64_t value = 0;
  db->GetIntProperty(table(id), name, &value);
  return value;
}

Status Store::flush(std::span<const TableId> tables) {
  return impl_->flush(tables, true);
}

// Without waiting, RocksDB's atomic flush still switches the memtables of all tables before it
// returns, with writers held off.
Status Store::begin_flush(std::span<const TableId> tables) {
  return impl_->flush(tables, false);
}

Result<bool> Store::flush_is_done(std::span<const TableId> tables) const {
  using Properties = rocksdb::DB::Properties;
  uint64_t errors = 0;  // of all tables: they are counted with the default one
  impl_->db->GetIntProperty(Properties::kBackgroundErrors, &errors);
  for (TableId table : tables) {
    if (impl_->property(table, Properties::kNumImmutableMemTable) == 0) continue;
    if (errors == 0) return false;
    return impl_->error_of(Error::permanent(
        "the state store failed to flush; its own log (LOG in its directory) says why"));
  }
  return true;
}

Result<std::optional<std::string>> Store::get(TableId table, std::string_view key) const {
  std::string value;
  auto status = impl_->db->Get(rocksdb::ReadOptions(), impl_->table(table), slice_of(key), &value);
  return to_found(status, std::move(value));
}

Status Store::multi_get(TableId table, std::span<const std::string_view> keys,
                        const std::function<void(size_t, std::string_view)>& found) const {
  constexpr size_t kKeysAtOnce = 128;
  rocksdb::Slice slices[kKeysAtOnce];
  rocksdb::PinnableSlice values[kKeysAtOnce];
  rocksdb::Status statuses[kKeysAtOnce];
  for (size_t begin = 0; begin < keys.size(); begin += kKeysAtOnce) {
    const size_t count = std::min(kKeysAtOnce, keys.size() - begin);
    for (size_t i = 0; i < count; ++i) slices[i] = slice_of(keys[begin + i]);
    impl_->db->MultiGet(rocksdb::ReadOptions(), impl_->table(table), count, slices, values,
                        statuses, /*sorted_input=*/true);
    for (size_t i = 0; i < count; ++i) {
      if (!statuses[i].IsNotFound()) {
        LEAT_RETURN_IF_ERROR(to_status(statuses[i], "read"));
        found(begin + i, view_of(values[i]));
      }
      values[i].Reset();
    }
  }
  return Ok{};
}

std::unique_ptr<Cursor> Store::scan(TableId table, std::string_view from,
                                    std::string_view to) const {
  return make_cursor(*impl_->db, impl_->table(table), nullptr, from, to);
}

std::unique_ptr<PrefixCursor> Store::prefix_cursor(TableId table) const {
  return make_prefix_cursor(*impl_->db, impl_->table(table));
}

std::shared_ptr<const Snapshot> Store::snapshot() const {
  return std::make_shared<RocksSnapshot>(*impl_->db, impl_->tables);
}

uint64_t Store::disk_bytes() const {
  uint64_t total = 0;
  for (uint32_t i = 0; i < impl_->tables.size(); ++i) {
    total += impl_->property(TableId(i), rocksdb::DB::Properties::kTotalSstFilesSize);
  }
  return total;
}

uint64_t Store::unflushed_bytes() const {
  uint64_t total = 0;
  for (uint32_t i = 0; i < impl_->tables.size(); ++i) total += unflushed_bytes(TableId(i));
  return total;
}

uint64_t Store::unflushed_bytes(TableId table) const {
  return impl_->property(table, rocksdb::DB::Properties::kCurSizeAllMemTables);
}

uint64_t Store::unsealed_bytes(TableId table) const {
  return impl_->property(table, rocksdb::DB::Properties::kCurSizeActiveMemTable);
}

uint64_t Store::cache_bytes() const {
  return impl_->cache->GetUsage();
}
std::string Store::paused_reason() const {
  return impl_->room.paused_reason();
}
void Store::give_up_waiting() {
  impl_->room.give_up();
}

}  // namespace leat::store
