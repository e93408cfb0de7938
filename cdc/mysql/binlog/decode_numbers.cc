// Numbers, BIT and YEAR.
#include <bit>

#include "cdc/mysql/binlog/decimal.h"
#include "cdc/mysql/binlog/decoder_of.h"
#include "cdc/mysql/binlog/packed_integer.h"

namespace leat::cdc::mysql {
namespace {

Type numeric_type(uint32_t precision, uint32_t scale) {
  return {TypeId::numeric, static_cast<int32_t>(precision << 16 | scale) + 4};  // an atttypmod
}

Datum numeric_of(uint64_t value, Arena& arena) {
  return Numeric(WideInteger(static_cast<int128>(value)), 0).to_datum(arena);
}

uint64_t load_unsigned(std::string_view bytes) {
  uint64_t value = 0;
  std::memcpy(&value, bytes.data(), bytes.size());
  return value;
}

int64_t load_signed(std::string_view bytes) {
  auto shift = static_cast<int>(64 - bytes.size() * 8);
  return static_cast<int64_t>(load_unsigned(bytes) << shift) >> shift;
}

ValueDecoderPtr integer_decoder(TypeId of_signed, TypeId of_unsigned, bool is_unsigned) {
  if (is_unsigned) {
    return decoder_of({of_unsigned}, [](std::string_view bytes, Arena&) -> Result<Datum> {
      return Datum::of_int(static_cast<int64_t>(load_unsigned(bytes)));
    });
  }
  return decoder_of({of_signed}, [](std::string_view bytes, Arena&) -> Result<Datum> {
    return Datum::of_int(load_signed(bytes));
  });
}

ValueDecoderPtr bigint_decoder(bool is_unsigned) {
  if (!is_unsigned) return integer_decoder(TypeId::int64, TypeId::int64, false);
  return decoder_of(numeric_type(20, 0), [](std::string_view bytes, Arena& arena) -> Result<Datum> {
    return numeric_of(load_unsigned(bytes), arena);
  });
}

ValueDecoderPtr bit_decoder(uint32_t bits) {
  if (bits == 64) {
    return decoder_of(numeric_type(20, 0),
                      [](std::string_view bytes, Arena& arena) -> Result<Datum> {
                        return numeric_of(load_be_bytes(bytes), arena);
                      });
  }
  return decoder_of({TypeId::int64}, [](std::string_view bytes, Arena&) -> Result<Datum> {
    return Datum::of_int(static_cast<int64_t>(load_be_bytes(bytes)));
  });
}

ValueDecoderPtr year_decoder() {
  return decoder_of({TypeId::int16}, [](std::string_view bytes, Arena&) -> Result<Datum> {
    auto year = static_cast<uint8_t>(bytes[0]);
    return Datum::of_int(year == 0 ? 0 : 1900 + year);
  });
}

ValueDecoderPtr decimal_decoder(uint32_t precision, uint32_t scale) {
  return decoder_of(numeric_type(precision, scale),
                    [=](std::string_view bytes, Arena& arena) -> Result<Datum> {
                      LEAT_ASSIGN_OR_RETURN(Numeric value, decode_decimal(bytes, precision, scale));
                      return value.to_datum(arena);
                    });
}

template <class Float, class Bits>
ValueDecoderPtr float_decoder(TypeId type) {
  return decoder_of({type}, [](std::string_view bytes, Arena&) -> Result<Datum> {
    return Datum::of_float(std::bit_cast<Float>(load_le<Bits>(bytes.data())));
  });
}

}  // namespace

ValueDecoderPtr number_decoder(const TableColumn& column) {
  switch (column.type) {
    case ColumnType::tinyint:
      return integer_decoder(TypeId::int16, TypeId::int16, column.is_unsigned);
    case ColumnType::smallint:
      return integer_decoder(TypeId::int16, TypeId::int32, column.is_unsigned);
    case ColumnType::mediumint:
      return integer_decoder(TypeId::int32, TypeId::int32, column.is_unsigned);
    case ColumnType::integer:
      return integer_decoder(TypeId::int32, TypeId::int64, column.is_unsigned);
    case ColumnType::bigint:
      return bigint_decoder(column.is_unsigned);
    case ColumnType::bit:
      return bit_decoder(column.size);
    case ColumnType::year:
      return year_decoder();
    case ColumnType::float32:
      return float_decoder<float, uint32_t>(TypeId::float32);
    case ColumnType::float64:
      return float_decoder<double, uint64_t>(TypeId::float64);
    case ColumnType::decimal:
      return decimal_decoder(column.size, column.scale);
    default:
      return nullptr;
  }
}

}  // namespace leat::cdc::mysql
