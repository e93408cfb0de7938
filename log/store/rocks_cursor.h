// The cursors of store.h over one table (column family) of RocksDB.
#pragma once

#include <memory>
#include <string_view>

#include "log/store/store.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class Snapshot;
}  // namespace rocksdb

namespace leat::store {

// SNAPSHOT may be null: then as of now.
std::unique_ptr<Cursor> make_cursor(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* table,
                                    const rocksdb::Snapshot* snapshot, std::string_view from,
                                    std::string_view to);
std::unique_ptr<PrefixCursor> make_prefix_cursor(rocksdb::DB& db,
                                                 rocksdb::ColumnFamilyHandle* table);

}  // namespace leat::store
