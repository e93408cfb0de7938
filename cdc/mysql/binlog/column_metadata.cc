#include "cdc/mysql/binlog/column_metadata.h"

namespace leat::cdc::mysql {
namespace {

constexpr uint32_t kDecimalPrecisionMax = 65;
constexpr uint32_t kDecimalScaleMax = 38;  // MariaDB's; MySQL's is 30
constexpr uint32_t kFractionDigitsMax = 6;

bool set_fixed(TableColumn* column, uint32_t bytes) {
  column->bytes_fixed = bytes;
  return true;
}

bool set_length_bytes(TableColumn* column, uint32_t bytes) {
  column->length_bytes = static_cast<uint8_t>(bytes);
  return bytes >= 1 && bytes <= 4;
}

bool set_string(TableColumn* column, uint32_t bytes_max) {
  column->size = bytes_max;
  return set_length_bytes(column, bytes_max > 255 ? 2 : 1);
}

// BYTES_WHOLE for the seconds and above; a byte more for every two digits of the fraction.
bool set_temporal(ByteReader& in, TableColumn* column, uint32_t bytes_whole) {
  column->size = in.u8();
  return column->size <= kFractionDigitsMax &&
         set_fixed(column, bytes_whole + (column->size + 1) / 2);
}

bool set_decimal(ByteReader& in, TableColumn* column) {
  column->size = in.u8();
  column->scale = in.u8();
  return column->size >= 1 && column->size <= kDecimalPrecisionMax &&
         column->scale <= kDecimalScaleMax && column->scale <= column->size &&
         set_fixed(column, decimal_bytes(column->size, column->scale));
}

bool set_bit(ByteReader& in, TableColumn* column) {
  uint32_t bits = in.u8();
  uint32_t bytes = in.u8();
  column->size = bytes * 8 + bits;
  return bits < 8 && column->size >= 1 && column->size <= 64 &&
         set_fixed(column, bytes + (bits != 0 ? 1 : 0));
}

// CHAR, BINARY, ENUM and SET share one type: the first byte holds the true one. Where a CHAR has
// more than 255 bytes, the two top bits of its length are hidden, inverted, in bits 4 and 5 of the
// type, which all true types have set.
bool set_string_like(ByteReader& in, TableColumn* column) {
  constexpr uint32_t kHidden = 0x30;
  uint32_t type = in.u8();
  uint32_t size = in.u8();
  if ((type & kHidden) != kHidden) {
    size |= ((type & kHidden) ^ kHidden) << 4;
    type |= kHidden;
  }
  column->type = static_cast<ColumnType>(type);
  switch (column->type) {
    case ColumnType::enumeration:
    case ColumnType::set:
      return set_fixed(column, size) && size >= 1 && size <= 8;
    case ColumnType::string:
    case ColumnType::var_string:
      return set_string(column, size);
    default:
      return false;
  }
}

// Of the types that are always as long and have no metadata; 0 of others.
uint32_t bytes_without_metadata(ColumnType type) {
  switch (type) {
    case ColumnType::tinyint:
    case ColumnType::year:
      return 1;
    case ColumnType::smallint:
      return 2;
    case ColumnType::mediumint:
    case ColumnType::date:
    case ColumnType::time_old:
      return 3;
    case ColumnType::integer:
    case ColumnType::timestamp_old:
      return 4;
    case ColumnType::bigint:
    case ColumnType::datetime_old:
      return 8;
    default:
      return 0;
  }
}

}  // namespace

uint32_t decimal_bytes(uint32_t precision, uint32_t scale) {
  constexpr uint32_t kDigits = 9, kBytesOfDigits[] = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};
  auto bytes = [&](uint32_t digits) {
    return digits / kDigits * 4 + kBytesOfDigits[digits % kDigits];
  };
  return bytes(precision - scale) + bytes(scale);
}

bool read_column_metadata(ByteReader& in, TableColumn* column) {
  uint32_t bytes = bytes_without_metadata(column->type);
  if (bytes != 0) return set_fixed(column, bytes);
  switch (column->type) {
    case ColumnType::null:
      return true;
    case ColumnType::float32:
      return in.u8() == 4 && set_fixed(column, 4);
    case ColumnType::float64:
      return in.u8() == 8 && set_fixed(column, 8);
    case ColumnType::timestamp:
      return set_temporal(in, column, 4);
    case ColumnType::datetime:
      return set_temporal(in, column, 5);
    case ColumnType::time:
      return set_temporal(in, column, 3);
    case ColumnType::decimal:
      return set_decimal(in, column);
    case ColumnType::bit:
      return set_bit(in, column);
    case ColumnType::varchar:
    case ColumnType::varchar_compressed:
      return set_string(column, in.le<uint16_t>());
    case ColumnType::blob:
    case ColumnType::blob_compressed:
    case ColumnType::geometry:
    case ColumnType::json:
    case ColumnType::vector:
      return set_length_bytes(column, in.u8());
    case ColumnType::string:
    case ColumnType::var_string:
    case ColumnType::enumeration:
    case ColumnType::set:
      return set_string_like(in, column);
    default:
      return false;
  }
}

bool is_numeric(ColumnType type) {
  switch (type) {
    case ColumnType::tinyint:
    case ColumnType::smallint:
    case ColumnType::mediumint:
    case ColumnType::integer:
    case ColumnType::bigint:
    case ColumnType::decimal:
    case ColumnType::float32:
    case ColumnType::float64:
      return true;
    default:
      return false;
  }
}

bool is_character(ColumnType type) {
  switch (type) {
    case ColumnType::string:
    case ColumnType::var_string:
    case ColumnType::varchar:
    case ColumnType::varchar_compressed:
    case ColumnType::blob:
    case ColumnType::blob_compressed:
      return true;
    default:
      return false;
  }
}

bool is_enumerated(ColumnType type) {
  return type == ColumnType::enumeration || type == ColumnType::set;
}

}  // namespace leat::cdc::mysql
