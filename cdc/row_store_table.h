// Where a source's rows are kept that its row store needs (row_store.h): a table of STORE that
// nobody else uses ("rows.NAME").
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "cdc/row_store.h"
#include "log/base/status.h"
#include "log/store/store.h"

namespace leat::cdc {

struct RowStoreTable {
  store::Store* store = nullptr;
  store::TableId table;
};

// The row store of SOURCE. What is too much for memory goes to a directory beside SPILL_DIR.
Result<std::unique_ptr<RowStore>> open_row_store(const RowStoreTable& table,
                                                 const std::string& source,
                                                 const std::string& spill_dir,
                                                 size_t transaction_memory_bytes_max);

}  // namespace leat::cdc
