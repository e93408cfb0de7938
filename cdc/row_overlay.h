// The rows that one transaction has put so far, where they are more than the row store may keep in
// memory before they are in the log: on disk, in a store of its own that is thrown away afterwards.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "log/base/ids.h"
#include "log/base/status.h"
#include "log/store/store.h"

namespace leat::cdc {

// One thread.
class RowOverlay {
 public:
  // In the directory DIR, which must not exist.
  static Result<std::unique_ptr<RowOverlay>> open(std::string dir);
  ~RowOverlay();  // removes DIR
  // Removes what a killed process left.
  static Status remove_leftovers(const std::string& dir);

  Status put(GenerationId generation, std::string_view key, std::string_view row);
  Status erase(GenerationId generation, std::string_view key);

  // Calls DECIDED with the index of each of KEYS that was put or (no row) erased, in any order.
  using Decided = std::function<void(size_t index, std::optional<std::string_view> row)>;
  Status find(GenerationId generation, std::span<const std::string_view> keys,
              const Decided& decided);

 private:
  RowOverlay(std::string dir, std::unique_ptr<store::Store> store)
      : dir_(std::move(dir)), store_(std::move(store)), batch_(*store_) {}

  Status write(GenerationId generation, std::string_view key, std::string_view mark,
               std::string_view row);
  Status write_batch();

  const std::string dir_;
  std::unique_ptr<store::Store> store_;
  store::WriteBatch batch_;
};

}  // namespace leat::cdc
