// Text and bytes, ENUM and SET.
#include <spdlog/fmt/fmt.h>

#include "cdc/mysql/binlog/charset.h"
#include "cdc/mysql/binlog/compression.h"
#include "cdc/mysql/binlog/decoder_of.h"
#include "cdc/mysql/binlog/event_decoder.h"
#include "cdc/mysql/binlog/packed_integer.h"
#include "log/model/utf8.h"

namespace leat::cdc::mysql {
namespace {

using ConverterPtr = std::unique_ptr<CharsetConverter>;

bool is_compressed(ColumnType type) {
  return type == ColumnType::varchar_compressed || type == ColumnType::blob_compressed;
}

Result<ConverterPtr> converter_of(const TableColumn& column) {
  if (column.collation == 0) {
    return Error::permanent(
        "the binlog does not say its character set: SET GLOBAL binlog_row_metadata = FULL");
  }
  const char* charset = charset_of_collation(column.collation);
  if (charset == nullptr) {
    return Error::permanent(
        fmt::format("its collation has the number {}, which is not known", column.collation));
  }
  return CharsetConverter::create(charset);
}

ValueDecoderPtr utf8_decoder() {
  return decoder_of({TypeId::text}, [](std::string_view bytes, Arena&) -> Result<Datum> {
    LEAT_RETURN_IF_ERROR(check_utf8(bytes));
    return Datum::of_bytes(bytes);
  });
}

ValueDecoderPtr converted_decoder(ConverterPtr converter) {
  return decoder_of({TypeId::text},
                    [converter = std::move(converter), text = std::string()](
                        std::string_view bytes, Arena& arena) mutable -> Result<Datum> {
                      text.clear();
                      LEAT_RETURN_IF_ERROR(converter->append(bytes, &text));
                      return in_arena(text, arena);
                    });
}

ValueDecoderPtr bytes_decoder(const TableColumn& column) {
  if (column.type == ColumnType::string) {
    return decoder_of({TypeId::bytea},
                      [size = column.size](std::string_view bytes, Arena& arena) -> Result<Datum> {
                        return padded_with_zeros(bytes, size, arena);
                      });
  }
  return decoder_of({TypeId::bytea}, [](std::string_view bytes, Arena&) -> Result<Datum> {
    return Datum::of_bytes(bytes);
  });
}

// Of a MariaDB COMPRESSED column: INNER decodes what comes out.
ValueDecoderPtr compressed_decoder(ValueDecoderPtr inner) {
  Type type = inner->type();
  return decoder_of(type,
                    [inner = std::move(inner), whole = std::string()](
                        std::string_view bytes, Arena& arena) mutable -> Result<Datum> {
                      whole.clear();
                      LEAT_RETURN_IF_ERROR(uncompress_column(bytes, kEventBytesMax, &whole));
                      return inner->decode(arena.copy(whole), arena);
                    });
}

Result<std::vector<std::string>> labels_of(const TableColumn& column) {
  LEAT_ASSIGN_OR_RETURN(ConverterPtr converter, converter_of(column));
  std::vector<std::string> labels;
  for (const std::string& label : column.labels) {
    LEAT_RETURN_IF_ERROR(converter->append(label, &labels.emplace_back()));
  }
  return labels;
}

uint64_t load_number(std::string_view bytes) {
  ByteReader in(bytes);
  return read_le(in, bytes.size());
}

Error beyond_labels(uint64_t value, size_t count) {
  return Error::permanent(
      fmt::format("the value {} of an ENUM or SET that has {} labels", value, count));
}

// The number counts from 1; 0 is what the server made of a value that was none of them.
ValueDecoderPtr enum_decoder(std::vector<std::string> labels) {
  return decoder_of({TypeId::text},
                    [labels = std::move(labels)](std::string_view bytes, Arena&) -> Result<Datum> {
                      uint64_t number = load_number(bytes);
                      if (number == 0) return Datum::of_bytes("");
                      if (number > labels.size()) return beyond_labels(number, labels.size());
                      return Datum::of_bytes(labels[number - 1]);
                    });
}

ValueDecoderPtr set_decoder(std::vector<std::string> labels) {
  return decoder_of({TypeId::text},
                    [labels = std::move(labels), text = std::string()](
                        std::string_view bytes, Arena& arena) mutable -> Result<Datum> {
                      uint64_t bits = load_number(bytes);
                      if (labels.size() < 64 && bits >> labels.size() != 0)
                        return beyond_labels(bits, labels.size());
                      text.clear();
                      for (size_t i = 0; i < labels.size(); ++i) {
                        if ((bits >> i & 1) == 0) continue;
                        if (!text.empty()) text += ',';
                        text += labels[i];
                      }
                      return in_arena(text, arena);
                    });
}

}  // namespace

Datum padded_with_zeros(std::string_view bytes, size_t size, Arena& arena) {
  if (bytes.size() >= size) return Datum::of_bytes(bytes);
  char* padded = arena.allocate(size);
  std::memcpy(padded, bytes.data(), bytes.size());
  std::memset(padded + bytes.size(), 0, size - bytes.size());
  return Datum::of_bytes({padded, size});
}

Result<ValueDecoderPtr> string_decoder(const TableColumn& column) {
  ValueDecoderPtr decoder;
  if (column.collation == kBinaryCollation) {
    decoder = bytes_decoder(column);
  } else {
    LEAT_ASSIGN_OR_RETURN(ConverterPtr converter, converter_of(column));
    bool is_utf8 = converter->is_utf8();
    decoder = is_utf8 ? utf8_decoder() : converted_decoder(std::move(converter));
  }
  if (is_compressed(column.type)) decoder = compressed_decoder(std::move(decoder));
  return decoder;
}

Result<ValueDecoderPtr> label_decoder(const TableColumn& column) {
  if (column.labels.empty()) {
    return Error::permanent(
        "the binlog does not say its labels: SET GLOBAL binlog_row_metadata = FULL");
  }
  LEAT_ASSIGN_OR_RETURN(std::vector<std::string> labels, labels_of(column));
  bool is_enum = column.type == ColumnType::enumeration;
  return is_enum ? enum_decoder(std::move(labels)) : set_decoder(std::move(labels));
}

}  // namespace leat::cdc::mysql
