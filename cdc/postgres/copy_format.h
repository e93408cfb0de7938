// COPY (FORMAT binary) as it comes from the server: one row a message, the header before the first,
// the trailer as the last.
// https://www.postgresql.org/docs/15/sql-copy.html
#pragma once

#include <optional>
#include <string_view>

#include "cdc/postgres/row_builder.h"
#include "log/base/status.h"

namespace leat::cdc {

class CopyDecoder {
 public:
  // Reads a message into ROW. False: it held no row (the trailer). The errors name the column.
  Result<bool> read_row(std::string_view message, RowBuilder* row);

 private:
  bool seen_header_ = false;
};

}  // namespace leat::cdc
