// Where a source's rows are kept that its row store needs (row_store.h): a table of STORE that
// nobody else uses ("rows.NAME").
#pragma once

#include "log/store/store.h"

namespace leat::cdc {

struct RowStoreTable {
  store::Store* store = nullptr;
  store::TableId table;
};

}  // namespace leat::cdc
