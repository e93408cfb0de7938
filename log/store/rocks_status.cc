#include "log/store/rocks_status.h"

#include <rocksdb/status.h>

#include <string>

namespace leat::store {

Status to_status(const rocksdb::Status& status, const char* what) {
  if (status.ok()) return Ok{};
  return Error::permanent(std::string("the state store failed to ") + what + ": " +
                          status.ToString());
}

}  // namespace leat::store
