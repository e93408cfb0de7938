// The values of one row of a captured table on their way to bytes: key and row. Reused from row to
// row, so that a row costs no allocation.
#pragma once

#include <string>
#include <vector>

#include "log/base/arena.h"
#include "log/base/status.h"
#include "log/model/datum.h"
#include "log/model/schema.h"

namespace leat::cdc {

class RowValues {
 public:
  // Says nothing of the table's generation: SCHEMA is copied.
  explicit RowValues(const Schema& schema);

  size_t column_count() const { return type_.size(); }
  const Type& type(size_t column) const { return type_[column]; }

  // Begins the next row. What earlier rows pointed to is gone.
  void clear();
  // What a row's values may point into until the next clear().
  Arena& arena() { return arena_; }

  void set(size_t column, const Datum& value) { values_[column] = value; }
  void set_null(size_t column) { values_[column] = Datum::null(); }
  // A value that the source did not send: a null for now.
  void set_unchanged(size_t column);

  const Datum& value(size_t column) const { return values_[column]; }
  bool is_unchanged(size_t column) const { return unchanged_[column] != 0; }
  // Every value was sent.
  bool is_whole() const { return !has_unchanged_; }

  // Takes the values that were not sent from OLD (of the same table, alive until the row is
  // written): all, or those of the key alone.
  void fill_unchanged(const RowValues& old, bool key_only);

  void append_row_to(std::string* out) const;
  // An error where a key column was not sent.
  Status append_key_to(std::string* out) const;
  // As PendingChange::unchanged; nothing where the row is whole.
  void append_unchanged_to(std::string* out) const;

  // ERROR with the column's name.
  Error in_column(size_t column, const Error& error) const;

 private:
  Schema schema_;
  RowType type_;
  std::vector<Datum> values_;
  std::vector<char> unchanged_;
  bool has_unchanged_ = false;
  Arena arena_;
};

}  // namespace leat::cdc
