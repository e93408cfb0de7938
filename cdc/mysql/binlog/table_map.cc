#include "cdc/mysql/binlog/table_map.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "cdc/mysql/binlog/column_metadata.h"
#include "cdc/mysql/binlog/packed_integer.h"

namespace leat::cdc::mysql {
namespace {

// Table_map_event::Optional_metadata_field_type
enum class MetadataKind : uint8_t {
  signedness = 1,
  default_charset = 2,
  column_charset = 3,
  column_name = 4,
  set_labels = 5,
  enum_labels = 6,
  geometry_type = 7,
  simple_primary_key = 8,
  primary_key_with_prefix = 9,
  enum_and_set_default_charset = 10,
  enum_and_set_column_charset = 11,
  column_visibility = 12,
  vector_dimensions = 13,
};

using Columns = std::vector<TableColumn>;
using Selects = bool (*)(ColumnType);

bool is_enum(ColumnType type) {
  return type == ColumnType::enumeration;
}
bool is_set(ColumnType type) {
  return type == ColumnType::set;
}
bool any_type(ColumnType) {
  return true;
}

std::vector<TableColumn*> select(Columns& columns, Selects selects) {
  std::vector<TableColumn*> out;
  for (TableColumn& column : columns) {
    if (selects(column.type)) out.push_back(&column);
  }
  return out;
}

// A bit for each selected column, the first in the top bit of the first byte.
void read_flags(ByteReader& in, Columns& columns, Selects selects, bool TableColumn::*flag) {
  auto selected = select(columns, selects);
  std::string_view bits = in.bytes((selected.size() + 7) / 8);
  for (size_t i = 0; i < selected.size() && !bits.empty(); ++i) {
    selected[i]->*flag = (static_cast<uint8_t>(bits[i / 8]) >> (7 - i % 8) & 1) != 0;
  }
}

// One collation for all, then those that differ: (number among the selected columns, collation).
void read_default_collation(ByteReader& in, Columns& columns, Selects selects) {
  auto selected = select(columns, selects);
  auto collation = static_cast<uint32_t>(read_packed(in));
  for (TableColumn* column : selected) column->collation = collation;
  while (in.ok() && in.remaining() != 0) {
    uint64_t index = read_packed(in);
    auto other = static_cast<uint32_t>(read_packed(in));
    if (index >= selected.size()) return in.fail();
    selected[index]->collation = other;
  }
}

void read_collations(ByteReader& in, Columns& columns, Selects selects) {
  for (TableColumn* column : select(columns, selects)) {
    column->collation = static_cast<uint32_t>(read_packed(in));
  }
}

void read_names(ByteReader& in, Columns& columns) {
  for (TableColumn& column : columns) column.name = read_packed_string(in);
}

void read_labels(ByteReader& in, Columns& columns, Selects selects) {
  for (TableColumn* column : select(columns, selects)) {
    uint64_t count = read_packed(in);
    for (uint64_t i = 0; i < count && in.ok(); ++i) {
      column->labels.emplace_back(read_packed_string(in));
    }
  }
}

void read_primary_key(ByteReader& in, bool with_prefix, TableMap* out) {
  while (in.ok() && in.remaining() != 0) {
    KeyPart part{static_cast<uint32_t>(read_packed(in)), 0};
    if (with_prefix) part.prefix = static_cast<uint32_t>(read_packed(in));
    if (part.column >= out->columns.size()) return in.fail();
    out->primary_key.push_back(part);
  }
}

void read_optional(MetadataKind kind, ByteReader& in, TableMap* out) {
  Columns& columns = out->columns;
  switch (kind) {
    case MetadataKind::signedness:
      return read_flags(in, columns, is_numeric, &TableColumn::is_unsigned);
    case MetadataKind::default_charset:
      return read_default_collation(in, columns, is_character);
    case MetadataKind::column_charset:
      return read_collations(in, columns, is_character);
    case MetadataKind::column_name:
      return read_names(in, columns);
    case MetadataKind::set_labels:
      return read_labels(in, columns, is_set);
    case MetadataKind::enum_labels:
      return read_labels(in, columns, is_enum);
    case MetadataKind::simple_primary_key:
      return read_primary_key(in, false, out);
    case MetadataKind::primary_key_with_prefix:
      return read_primary_key(in, true, out);
    case MetadataKind::enum_and_set_default_charset:
      return read_default_collation(in, columns, is_enumerated);
    case MetadataKind::enum_and_set_column_charset:
      return read_collations(in, columns, is_enumerated);
    case MetadataKind::column_visibility:
      return read_flags(in, columns, any_type, &TableColumn::visible);
    case MetadataKind::geometry_type:
    case MetadataKind::vector_dimensions:
      break;
  }
  in.rest();  // these say nothing that a value needs, nor would newer ones
}

Error damaged(const TableMap& table, std::string_view what) {
  return Error::permanent(fmt::format("TABLE_MAP of {}.{}: {}", table.schema, table.name, what));
}

Status read_columns(ByteReader& in, TableMap* out) {
  std::string_view types = read_packed_string(in);
  ByteReader metadata(read_packed_string(in));
  std::string_view nullable = in.bytes((types.size() + 7) / 8);
  if (!in.ok()) return damaged(*out, "it ends early");
  for (size_t i = 0; i < types.size(); ++i) {
    TableColumn column;
    column.type = static_cast<ColumnType>(types[i]);
    column.nullable = (static_cast<uint8_t>(nullable[i / 8]) >> (i % 8) & 1) != 0;
    if (!read_column_metadata(metadata, &column) || !metadata.ok()) {
      return damaged(*out, fmt::format("column {} has type {}, which is not known or damaged",
                                       i + 1, static_cast<uint8_t>(types[i])));
    }
    out->columns.push_back(std::move(column));
  }
  return metadata.done() ? Status() : damaged(*out, "more column metadata than columns");
}

Status read_all_optional(ByteReader& in, TableMap* out) {
  bool has_names = false;
  while (in.ok() && in.remaining() != 0) {
    auto kind = static_cast<MetadataKind>(in.u8());
    ByteReader value(read_packed_string(in));
    read_optional(kind, value, out);
    if (!in.ok() || !value.done()) {
      return damaged(*out, fmt::format("the metadata field {} is damaged", static_cast<int>(kind)));
    }
    has_names = has_names || kind == MetadataKind::column_name;
  }
  out->has_full_metadata = has_names;
  return Ok();
}

}  // namespace

size_t TableMap::json_column_count() const {
  return static_cast<size_t>(std::count_if(columns.begin(), columns.end(), [](const auto& column) {
    return column.type == ColumnType::json;
  }));
}

Result<TableMap> parse_table_map(std::string_view bytes) {
  ByteReader in(bytes);
  TableMap out;
  in.le<uint16_t>();  // flags
  out.schema = read_packed_string(in);
  uint8_t schema_end = in.u8();
  out.name = read_packed_string(in);
  uint8_t name_end = in.u8();
  if (!in.ok() || schema_end != 0 || name_end != 0) return damaged(out, "its names are damaged");
  LEAT_RETURN_IF_ERROR(read_columns(in, &out));
  LEAT_RETURN_IF_ERROR(read_all_optional(in, &out));
  return out;
}

}  // namespace leat::cdc::mysql
