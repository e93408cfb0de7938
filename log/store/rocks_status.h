// RocksDB's outcomes as ours.
#pragma once

#include "log/base/status.h"

namespace rocksdb {
class Status;
}

namespace leat::store {

// WHAT was being done: "read".
Status to_status(const rocksdb::Status& status, const char* what);

}  // namespace leat::store
