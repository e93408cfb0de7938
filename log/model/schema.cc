#include "log/model/schema.h"

#include "log/base/bytes.h"

namespace leat {
namespace {

constexpr uint8_t kFormat = 1;
constexpr uint8_t kFormatWithGenerated = 2;
// PostgreSQL allows 1,600 columns; the bound keeps a damaged count from asking for memory.
constexpr uint64_t kColumnsMax = 10'000;

bool is_known_type(uint8_t id) {
  return id >= static_cast<uint8_t>(TypeId::boolean) && id <= static_cast<uint8_t>(TypeId::jsonb);
}

Error damaged(std::string_view what) {
  return Error::permanent("a stored schema does not parse: " + std::string(what));
}

Result<Column> read_column(ByteReader& in) {
  Column column;
  column.name = std::string(in.sized());
  uint8_t type = in.u8();
  int64_t modifier = in.zigzag_varint();
  uint8_t nullable = in.u8();
  if (!in.ok()) return damaged("it is cut short");
  if (!is_known_type(type)) return damaged("unknown type " + std::to_string(type));
  if (modifier < INT32_MIN || modifier > INT32_MAX) return damaged("type modifier out of range");
  if (nullable > 1) return damaged("a flag is neither 0 nor 1");
  column.type = {static_cast<TypeId>(type), static_cast<int32_t>(modifier)};
  column.nullable = nullable == 1;
  return column;
}

}  // namespace

RowType Schema::row_type() const {
  RowType types;
  types.reserve(columns.size());
  for (const Column& column : columns) types.push_back(column.type);
  return types;
}

int Schema::index_of(std::string_view column_name) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == column_name) return static_cast<int>(i);
  }
  return -1;
}

std::string encode_schema(const Schema& schema) {
  std::string out;
  bool generated = !schema.generated_columns.empty();
  out.push_back(static_cast<char>(generated ? kFormatWithGenerated : kFormat));
  append_varint(&out, schema.columns.size());
  for (const Column& column : schema.columns) {
    append_sized(&out, column.name);
    out.push_back(static_cast<char>(column.type.id));
    append_zigzag(&out, column.type.modifier);
    out.push_back(column.nullable ? 1 : 0);
  }
  append_varint(&out, schema.key_columns.size());
  for (int index : schema.key_columns) append_varint(&out, static_cast<uint64_t>(index));
  if (!generated) return out;
  append_varint(&out, schema.generated_columns.size());
  for (const std::string& name : schema.generated_columns) append_sized(&out, name);
  return out;
}

Result<Schema> decode_schema(std::string_view bytes) {
  ByteReader in(bytes);
  uint8_t format = in.u8();
  if (in.ok() && format != kFormat && format != kFormatWithGenerated) {
    return damaged("unknown format " + std::to_string(format) + "; is it of a newer Leat?");
  }
  Schema schema;
  uint64_t columns = in.varint();
  if (columns > kColumnsMax) return damaged("too many columns");
  for (uint64_t i = 0; i < columns && in.ok(); ++i) {
    LEAT_ASSIGN_OR_RETURN(auto column, read_column(in));
    schema.columns.push_back(std::move(column));
  }
  uint64_t keys = in.varint();
  if (keys > columns) return damaged("more key columns than columns");
  for (uint64_t i = 0; i < keys && in.ok(); ++i) {
    uint64_t index = in.varint();
    if (index >= columns) return damaged("a key column that is not there");
    schema.key_columns.push_back(static_cast<int>(index));
  }
  uint64_t generated = format == kFormatWithGenerated ? in.varint() : 0;
  if (generated > kColumnsMax) return damaged("too many generated columns");
  for (uint64_t i = 0; i < generated && in.ok(); ++i) {
    schema.generated_columns.emplace_back(in.sized());
  }
  if (!in.done()) return damaged("it is cut short, or bytes follow it");
  return schema;
}

}  // namespace leat
