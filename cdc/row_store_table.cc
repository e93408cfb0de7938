#include "cdc/row_store_table.h"

namespace leat::cdc {

Result<std::unique_ptr<RowStore>> open_row_store(const RowStoreTable& table,
                                                 const std::string& source,
                                                 const std::string& spill_dir,
                                                 size_t transaction_memory_bytes_max) {
  RowStoreOptions options;
  options.store = table.store;
  options.table = table.table;
  options.reader_name = "rows." + source;
  // As much again, and again, as the transaction itself may take before it spills.
  options.large_bytes_max = 3 * transaction_memory_bytes_max;
  options.overlay_dir = spill_dir + ".rows";
  return RowStore::open(options);
}

}  // namespace leat::cdc
