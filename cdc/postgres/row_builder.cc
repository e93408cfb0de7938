#include "cdc/postgres/row_builder.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "log/model/binary_format.h"
#include "log/model/key.h"
#include "log/model/row.h"
#include "log/model/text_format.h"

namespace leat::cdc {

RowBuilder::RowBuilder(const Schema& schema)
    : schema_(schema),
      type_(schema.row_type()),
      values_(type_.size()),
      unchanged_(type_.size(), 0) {}

void RowBuilder::clear() {
  arena_.clear();
  if (has_unchanged_) std::fill(unchanged_.begin(), unchanged_.end(), 0);
  has_unchanged_ = false;
}

Error RowBuilder::in_column(size_t column, const Error& error) const {
  return error.in("column " + schema_.columns[column].name);
}

Status RowBuilder::set_binary(size_t column, std::string_view bytes) {
  auto value = decode_binary(type_[column], bytes, arena_);
  if (!value.ok()) return in_column(column, value.error());
  values_[column] = *value;
  return Ok();
}

Status RowBuilder::set_text(size_t column, std::string_view bytes) {
  auto value = parse_text(type_[column].id, bytes, arena_);
  if (!value.ok()) return in_column(column, value.error());
  values_[column] = *value;
  return Ok();
}

void RowBuilder::set_unchanged(size_t column) {
  values_[column] = Datum::null();
  unchanged_[column] = 1;
  has_unchanged_ = true;
}

Status RowBuilder::set_tuple(const pgoutput::Tuple& tuple) {
  clear();
  Status status;
  tuple.for_each([&](size_t i, pgoutput::ColumnValue value) {
    if (!status.ok()) return;
    switch (value.kind) {
      case pgoutput::ColumnKind::binary:
        status = set_binary(i, value.bytes);
        break;
      case pgoutput::ColumnKind::text:
        status = set_text(i, value.bytes);
        break;
      case pgoutput::ColumnKind::null:
        set_null(i);
        break;
      case pgoutput::ColumnKind::unchanged:
        set_unchanged(i);
        break;
    }
  });
  return status;
}

void RowBuilder::fill_unchanged(const RowBuilder& old, bool key_only) {
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

void RowBuilder::append_row_to(std::string* out) const {
  append_row(type_, values_, out);
}

Status RowBuilder::append_key_to(std::string* out) const {
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

void RowBuilder::append_unchanged_to(std::string* out) const {
  if (!has_unchanged_) return;
  size_t from = out->size();
  out->append((values_.size() + 7) / 8, '\0');
  for (size_t i = 0; i < values_.size(); ++i) {
    if (unchanged_[i] != 0) (*out)[from + i / 8] |= static_cast<char>(1 << (i % 8));
  }
}

}  // namespace leat::cdc
