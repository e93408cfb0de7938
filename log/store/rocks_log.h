// RocksDB's own log: the file LOG in the store's directory, in which it says what it did and why
// something failed. For what it is worth: a line that cannot be written is left out. RocksDB's own
// writer of this file asserts that nothing is written after a failed write, and RocksDB does so:
// the second line on a full disk would end the process.
#pragma once

#include <memory>
#include <string>

namespace rocksdb {
class Logger;
}

namespace leat::store {

// Any thread may write to it.
std::shared_ptr<rocksdb::Logger> make_rocks_log(const std::string& path);

}  // namespace leat::store
