#include "cdc/mysql/type_mapping.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace leat::cdc::mysql {
namespace {

struct NamedType {
  const char* data_type;
  ColumnType logged;
};

constexpr NamedType kTypes[] = {
    {"tinyint", ColumnType::tinyint},
    {"smallint", ColumnType::smallint},
    {"mediumint", ColumnType::mediumint},
    {"int", ColumnType::integer},
    {"bigint", ColumnType::bigint},
    {"float", ColumnType::float32},
    {"double", ColumnType::float64},
    {"decimal", ColumnType::decimal},
    {"bit", ColumnType::bit},
    {"year", ColumnType::year},
    {"date", ColumnType::date},
    {"datetime", ColumnType::datetime},
    {"timestamp", ColumnType::timestamp},
    {"time", ColumnType::time},
    {"char", ColumnType::string},
    {"binary", ColumnType::string},
    {"varchar", ColumnType::varchar},
    {"varbinary", ColumnType::varchar},
    {"tinytext", ColumnType::blob},
    {"text", ColumnType::blob},
    {"mediumtext", ColumnType::blob},
    {"longtext", ColumnType::blob},
    {"tinyblob", ColumnType::blob},
    {"blob", ColumnType::blob},
    {"mediumblob", ColumnType::blob},
    {"longblob", ColumnType::blob},
    {"enum", ColumnType::enumeration},
    {"set", ColumnType::set},
    {"vector", ColumnType::vector},
    {"geometry", ColumnType::geometry},
    {"point", ColumnType::geometry},
    {"linestring", ColumnType::geometry},
    {"polygon", ColumnType::geometry},
    {"multipoint", ColumnType::geometry},
    {"multilinestring", ColumnType::geometry},
    {"multipolygon", ColumnType::geometry},
    {"geometrycollection", ColumnType::geometry},
    {"geomcollection", ColumnType::geometry},
};

struct DeclaredName {
  const char* data_type;
  DeclaredType declared;
  uint32_t bytes;  // of the BINARY that it is logged as
};

constexpr DeclaredName kDeclared[] = {
    {"uuid", DeclaredType::uuid, 16},
    {"inet6", DeclaredType::inet6, 16},
    {"inet4", DeclaredType::inet4, 4},
};

Error not_supported(const ColumnFacts& column) {
  return Error::permanent(fmt::format("has type {}, which is not supported yet", column.declared));
}

bool map_logged_type(const ColumnFacts& column, MappedColumn* out) {
  auto declared = std::find_if(std::begin(kDeclared), std::end(kDeclared),
                               [&](const auto& d) { return d.data_type == column.data_type; });
  if (declared != std::end(kDeclared)) {
    out->declared = declared->declared;
    out->logged.type = ColumnType::string;
    out->logged.size = declared->bytes;
    return true;
  }
  if (column.is_json) {
    out->declared = DeclaredType::json;
  } else if (column.data_type == "json") {
    out->logged.type = ColumnType::json;
    return true;
  }
  auto named = std::find_if(std::begin(kTypes), std::end(kTypes),
                            [&](const auto& t) { return t.data_type == column.data_type; });
  if (named == std::end(kTypes)) return false;
  out->logged.type = named->logged;
  return true;
}

void map_sizes(const ColumnFacts& column, TableColumn* logged) {
  switch (logged->type) {
    case ColumnType::decimal:
    case ColumnType::bit:
      logged->size = column.precision.value_or(0);
      logged->scale = static_cast<uint8_t>(column.scale.value_or(0));
      break;
    case ColumnType::datetime:
    case ColumnType::timestamp:
    case ColumnType::time:
      logged->size = column.fraction_digits.value_or(0);
      break;
    default:
      if (column.bytes_max) logged->size = static_cast<uint32_t>(*column.bytes_max);
  }
}

}  // namespace

Result<MappedColumn> map_column(const ColumnFacts& column, bool dates_as_text) {
  MappedColumn out;
  out.dates_as_text = dates_as_text;
  out.logged.name = column.name;
  out.logged.nullable = column.nullable;
  out.logged.is_unsigned = column.declared.find(" unsigned") != std::string::npos;
  out.logged.collation = column.charset.empty() ? kBinaryCollation : column.collation;
  if (!map_logged_type(column, &out)) return not_supported(column);
  // Two digits of a year cannot be told apart from what is logged.
  if (column.declared == "year(2)") return not_supported(column);
  if (out.logged.size == 0) map_sizes(column, &out.logged);
  TableColumn typed = out.logged;
  bool has_labels = typed.type == ColumnType::enumeration || typed.type == ColumnType::set;
  if (has_labels) typed.type = ColumnType::varchar;
  auto decoder = make_value_decoder(typed, out.decode_options());
  if (!decoder.ok()) return not_supported(column).in(decoder.error().message());
  out.type = (*decoder)->type();
  return out;
}

}  // namespace leat::cdc::mysql
