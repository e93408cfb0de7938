// Rows of one table from PostgreSQL's values: from COPY and from pgoutput alike. Reused from row to
// row, so that a row costs no allocation.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cdc/postgres/pgoutput.h"
#include "cdc/table.h"
#include "log/base/arena.h"
#include "log/base/status.h"
#include "log/model/datum.h"

namespace leat::cdc {

class RowBuilder {
 public:
  // Says nothing of the table's generation: TABLE's schema is copied.
  explicit RowBuilder(const Schema& schema);

  size_t column_count() const { return type_.size(); }

  // Begins the next row. What earlier rows pointed to is gone.
  void clear();

  // The errors name the column.
  Status set_binary(size_t column, std::string_view bytes);
  Status set_text(size_t column, std::string_view bytes);
  void set_null(size_t column) { values_[column] = Datum::null(); }
  // A value that the source did not send: a null for now.
  void set_unchanged(size_t column);

  // All columns of TUPLE, which has as many as the table.
  Status set_tuple(const pgoutput::Tuple& tuple);

  // Takes the values that were not sent from OLD (of the same table, alive until the row is
  // written): all, or those of the key alone.
  void fill_unchanged(const RowBuilder& old, bool key_only);

  void append_row_to(std::string* out) const;
  // An error where a key column was not sent.
  Status append_key_to(std::string* out) const;
  // As PendingChange::unchanged; nothing where the row is whole.
  void append_unchanged_to(std::string* out) const;

 private:
  Error in_column(size_t column, const Error& error) const;

  Schema schema_;
  RowType type_;
  std::vector<Datum> values_;
  std::vector<char> unchanged_;
  bool has_unchanged_ = false;
  Arena arena_;
};

}  // namespace leat::cdc
