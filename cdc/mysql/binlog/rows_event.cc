#include "cdc/mysql/binlog/rows_event.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <bit>

#include "cdc/mysql/binlog/compression.h"
#include "cdc/mysql/binlog/event_decoder.h"
#include "cdc/mysql/binlog/packed_integer.h"

namespace leat::cdc::mysql {
namespace {

struct RowsForm {
  RowsKind kind;
  bool has_extra_data = false;  // version 2
  bool compressed = false;
};

// The type is one of a rows event.
RowsForm form_of(EventType type) {
  switch (type) {
    case EventType::write_rows_v1:
      return {RowsKind::insert};
    case EventType::update_rows_v1:
      return {RowsKind::update};
    case EventType::delete_rows_v1:
      return {RowsKind::remove};
    case EventType::write_rows:
      return {RowsKind::insert, true};
    case EventType::update_rows:
    case EventType::partial_update_rows:
      return {RowsKind::update, true};
    case EventType::delete_rows:
      return {RowsKind::remove, true};
    case EventType::write_rows_compressed_v1:
      return {RowsKind::insert, false, true};
    case EventType::update_rows_compressed_v1:
      return {RowsKind::update, false, true};
    case EventType::delete_rows_compressed_v1:
      return {RowsKind::remove, false, true};
    case EventType::write_rows_compressed:
      return {RowsKind::insert, true, true};
    case EventType::update_rows_compressed:
      return {RowsKind::update, true, true};
    default:
      return {RowsKind::remove, true, true};
  }
}

bool bit_at(std::string_view bits, size_t index) {
  return (static_cast<uint8_t>(bits[index / 8]) >> (index % 8) & 1) != 0;
}

size_t count_bits(std::string_view bits, size_t size) {
  size_t count = 0;
  for (size_t i = 0; i < size; ++i) count += bit_at(bits, i) ? 1 : 0;
  return count;
}

void skip_extra_data(ByteReader& in) {
  auto size = in.le<uint16_t>();  // with itself
  if (size < 2) return in.fail();
  in.bytes(size - 2U);
}

std::string_view read_field(ByteReader& in, const TableColumn& column) {
  if (column.length_bytes == 0) return in.bytes(column.bytes_fixed);
  return in.bytes(read_le(in, column.length_bytes));
}

}  // namespace

Result<RowsEvent> read_rows_event(EventType type, ByteReader& in, std::string* scratch) {
  constexpr uint16_t kEndsStatement = 1;
  RowsForm form = form_of(type);
  RowsEvent out{};
  out.kind = form.kind;
  out.partial_json = type == EventType::partial_update_rows;
  out.table = TableId(read_le(in, 6));
  out.ends_statement = (in.le<uint16_t>() & kEndsStatement) != 0;
  if (form.has_extra_data) skip_extra_data(in);
  out.column_count = read_packed(in);
  if (out.column_count > in.remaining() * 8) in.fail();
  size_t bitmap_bytes = (out.column_count + 7) / 8;
  if (out.kind != RowsKind::insert) out.columns_before = in.bytes(bitmap_bytes);
  if (out.kind != RowsKind::remove) out.columns_after = in.bytes(bitmap_bytes);
  out.rows = in.rest();
  if (form.compressed && in.ok()) {
    LEAT_RETURN_IF_ERROR(uncompress_event(out.rows, kEventBytesMax, scratch));
    out.rows = *scratch;
  }
  return out;
}

Status RowsReader::begin(const TableMap* table, const RowsEvent& event) {
  table_ = table;
  event_ = event;
  in_ = ByteReader(event.rows);
  if (event.column_count != table->columns.size()) {
    return Error::permanent(fmt::format("rows of {} columns follow a TABLE_MAP of {}.{} with {}",
                                        event.column_count, table->schema, table->name,
                                        table->columns.size()));
  }
  before_.assign(event.column_count, Field());
  after_.assign(event.column_count, Field());
  return Ok();
}

Result<bool> RowsReader::next() {
  if (in_.remaining() == 0) return false;
  size_t row_start = event_.rows.size() - in_.remaining();
  std::string_view json_diffs;
  if (event_.kind != RowsKind::insert) {
    LEAT_RETURN_IF_ERROR(read_image(event_.columns_before, &before_, {}));
  }
  if (event_.partial_json) {
    LEAT_ASSIGN_OR_RETURN(json_diffs, read_json_diff_bits());
  }
  if (event_.kind != RowsKind::remove) {
    LEAT_RETURN_IF_ERROR(read_image(event_.columns_after, &after_, json_diffs));
  }
  if (event_.rows.size() - in_.remaining() != row_start) return true;
  return Error::permanent(
      fmt::format("rows of {}.{}: a row of no bytes", table_->schema, table_->name));
}

// One bit for each JSON column of the table, present or not; none where no value is a diff.
Result<std::string_view> RowsReader::read_json_diff_bits() {
  constexpr uint64_t kPartialJson = 1;
  uint64_t options = read_packed(in_);
  if ((options & ~kPartialJson) != 0) {
    return Error::permanent(fmt::format("rows of {}.{}: unknown options {} of a partial update",
                                        table_->schema, table_->name, options));
  }
  if (options == 0) return std::string_view();
  return in_.bytes((table_->json_column_count() + 7) / 8);
}

Status RowsReader::read_image(std::string_view present, RowImage* out,
                              std::string_view json_diffs) {
  std::string_view nulls = in_.bytes((count_bits(present, event_.column_count) + 7) / 8);
  size_t null_index = 0, json_index = 0;
  for (size_t i = 0; i < event_.column_count && in_.ok(); ++i) {
    const TableColumn& column = table_->columns[i];
    bool is_diff =
        column.type == ColumnType::json && !json_diffs.empty() && bit_at(json_diffs, json_index++);
    Field& field = (*out)[i];
    field = {};
    if (!bit_at(present, i)) continue;
    field.state = bit_at(nulls, null_index++) ? FieldState::null
                  : is_diff                   ? FieldState::json_diff
                                              : FieldState::value;
    if (field.state != FieldState::null) field.bytes = read_field(in_, column);
  }
  if (in_.ok()) return Ok();
  return Error::permanent(
      fmt::format("rows of {}.{} end inside a row", table_->schema, table_->name));
}

}  // namespace leat::cdc::mysql
