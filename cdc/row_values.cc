#include "cdc/row_values.h"

#include <algorithm>

#include "log/model/key.h"
#include "log/model/row.h"

namespace leat::cdc {

RowValues::RowValues(const Schema& schema)
    : schema_(schema),
      type_(schema.row_type()),
      values_(type_.size()),
      unchanged_(type_.size(), 0) {}

void RowValues::clear() {
  arena_.clear();
  if (has_unchanged_) std::fill(unchanged_.begin(), unchanged_.end(), 0);
  has_unchanged_ = false;
}

Error RowValues::in_column(size_t column, const Error& error) const {
  return error.in("column " + schema_.columns[column].name);
}

void RowValues::set_unchanged(size_t column) {
  values_[column] = Datum::null();
  unchanged_[column] = 1;
  has_unchanged_ = true;
}

void RowValues::fill_unchanged(const RowValues& old, bool key_only) {
  if (!has_unchanged_) return;
  auto fill = [&](size_t i) {
    if (unchanged_[i] == 0 || old.unchanged_[i] != 0) return;
    values_[i] = old.values_[i];
    unchanged_[i] = 0;
  };
  if (key_only) {
    for (int i : schema_.key_columns) fill(static_cast<size_t>(i));
  } else {
    for (size_t i = 0; i < values_.size(); ++i) fill(i);
  }
  has_unchanged_ = std::find(unchanged_.begin(), unchanged_.end(), 1) != unchanged_.end();
}

void RowValues::append_row_to(std::string* out) const {
  append_row(type_, values_, out);
}

Status RowValues::append_key_to(std::string* out) const {
  if (has_unchanged_) {
    for (int i : schema_.key_columns) {
      auto column = static_cast<size_t>(i);
      if (unchanged_[column] != 0) {
        return in_column(column, Error::permanent("a value of the key was not sent"));
      }
    }
  }
  append_key(type_, values_, schema_.key_columns, out);
  return Ok();
}

void RowValues::append_unchanged_to(std::string* out) const {
  if (!has_unchanged_) return;
  size_t from = out->size();
  out->append((values_.size() + 7) / 8, '\0');
  for (size_t i = 0; i < values_.size(); ++i) {
    if (unchanged_[i] != 0) (*out)[from + i / 8] |= static_cast<char>(1 << (i % 8));
  }
}

}  // namespace leat::cdc
