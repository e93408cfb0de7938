// Row images in memory.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "cdc/row_images.h"

namespace leat::cdc::test {

class MemoryRows final : public RowImages {
 public:
  using Key = std::pair<GenerationId, std::string>;

  Status find(GenerationId generation, std::span<const std::string_view> keys,
              const Found& found) override {
    for (size_t i = 0; i < keys.size(); ++i) {
      auto row = rows.find(Key(generation, keys[i]));
      if (row != rows.end()) found(i, row->second);
    }
    return Ok();
  }
  Status begin_large_transaction(const log::ChangeLog&) override { return Ok(); }
  Status put(GenerationId generation, std::string_view key, std::string_view row) override {
    rows[Key(generation, key)] = row;
    return Ok();
  }
  Status erase(GenerationId generation, std::string_view key) override {
    rows.erase(Key(generation, key));
    return Ok();
  }

  std::map<Key, std::string> rows;
};

}  // namespace leat::cdc::test
