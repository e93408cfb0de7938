// The rows that a source's tables hold, as of the last completed change: what completion reads and
// keeps up to date. RowStore is the real one; tests have their own.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "log/base/ids.h"
#include "log/base/status.h"
#include "log/change_log.h"

namespace leat::cdc {

class RowImages {
 public:
  virtual ~RowImages() = default;

  // Calls FOUND with the index of each of KEYS that is there, in any order; the row lives until
  // FOUND returns. The more keys at a time the better.
  using Found = std::function<void(size_t index, std::string_view row)>;
  virtual Status find(GenerationId generation, std::span<const std::string_view> keys,
                      const Found& found) = 0;
  // A transaction is being completed that may put more rows than memory holds. LOG holds all that
  // was put before, or it is on its way there.
  virtual Status begin_large_transaction(const log::ChangeLog& log) = 0;
  // Copy what they are given.
  virtual Status put(GenerationId generation, std::string_view key, std::string_view row) = 0;
  virtual Status erase(GenerationId generation, std::string_view key) = 0;
};

}  // namespace leat::cdc
