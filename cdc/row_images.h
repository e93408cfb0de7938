// The rows that a source's tables hold, as of the last completed change: what completion reads and
// keeps up to date. RowStore is the real one; tests have their own.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "log/base/ids.h"
#include "log/base/status.h"

namespace leat::cdc {

struct RowKey {
  GenerationId generation;
  std::string_view key;

  friend auto operator<=>(const RowKey&, const RowKey&) = default;
};

struct RowWrite {
  RowKey key;
  std::optional<std::string_view> row;  // none: the row is gone
};

class RowImages {
 public:
  virtual ~RowImages() = default;

  // KEYS are sorted and distinct. Calls FOUND with the index of each that is there, in any order; the
  // row lives until FOUND returns.
  virtual Status find(std::span<const RowKey> keys,
                      const std::function<void(size_t, std::string_view)>& found) = 0;
  // WRITES are sorted by key and distinct. Copies them.
  virtual Status apply(std::span<const RowWrite> writes) = 0;
};

}  // namespace leat::cdc
