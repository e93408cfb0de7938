// Rows of one table from PostgreSQL's values: from COPY and from pgoutput alike.
#pragma once

#include <string_view>

#include "cdc/postgres/pgoutput.h"
#include "cdc/row_values.h"
#include "log/base/status.h"

namespace leat::cdc {

class RowBuilder : public RowValues {
 public:
  using RowValues::RowValues;

  // The errors name the column.
  Status set_binary(size_t column, std::string_view bytes);
  Status set_text(size_t column, std::string_view bytes);

  // All columns of TUPLE, which has as many as the table.
  Status set_tuple(const pgoutput::Tuple& tuple);
};

}  // namespace leat::cdc
