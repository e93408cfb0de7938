// JSON, geometries and vectors; and what MariaDB declares as more than it logs.
#include <arpa/inet.h>
#include <spdlog/fmt/fmt.h>

#include "cdc/mysql/binlog/decoder_of.h"
#include "cdc/mysql/binlog/geometry.h"
#include "cdc/mysql/binlog/json_binary.h"

namespace leat::cdc::mysql {
namespace {

// APPEND: Status(std::string_view bytes, std::string* out).
template <class Append>
ValueDecoderPtr appended_decoder(TypeId type, Append append) {
  return decoder_of({type},
                    [append, text = std::string()](std::string_view bytes,
                                                   Arena& arena) mutable -> Result<Datum> {
                      text.clear();
                      LEAT_RETURN_IF_ERROR(append(bytes, &text));
                      return in_arena(text, arena);
                    });
}

// Logged as BINARY(SIZE): without the zeros at its end. MAKE: Datum(const char* bytes, Arena&).
template <class Make>
ValueDecoderPtr fixed_decoder(TypeId type, size_t size, Make make) {
  return decoder_of({type}, [=](std::string_view bytes, Arena& arena) -> Result<Datum> {
    return make(padded_with_zeros(bytes, size, arena).bytes().data(), arena);
  });
}

// As it is printed; only inside the engine's records does it stand in another order.
Datum uuid_of(const char* bytes, Arena&) {
  return Datum::of_bytes({bytes, 16});
}

template <int Family>
Datum address_text(const char* bytes, Arena& arena) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(Family, bytes, text, sizeof text);
  return in_arena(text, arena);
}

Error not_as_declared(std::string_view what) {
  return Error::permanent(fmt::format("it is declared as {}, and not logged as such", what));
}

}  // namespace

ValueDecoderPtr document_decoder(const TableColumn& column) {
  switch (column.type) {
    case ColumnType::json:
      return appended_decoder(TypeId::jsonb, append_json_text);
    case ColumnType::geometry:
      return appended_decoder(TypeId::bytea, append_ewkb);
    case ColumnType::vector:
      return decoder_of({TypeId::bytea}, [](std::string_view bytes, Arena&) -> Result<Datum> {
        return Datum::of_bytes(bytes);
      });
    default:
      return nullptr;
  }
}

Result<ValueDecoderPtr> declared_decoder(const TableColumn& column, DeclaredType declared) {
  if (declared == DeclaredType::json) {
    LEAT_ASSIGN_OR_RETURN(ValueDecoderPtr text, string_decoder(column));
    if (text->type().id != TypeId::text) return not_as_declared("JSON");
    return decoder_of({TypeId::json},
                      [text = std::move(text)](std::string_view bytes, Arena& arena) mutable {
                        return text->decode(bytes, arena);
                      });
  }
  size_t size = declared == DeclaredType::inet4 ? 4 : 16;
  if (column.type != ColumnType::string || column.size != size) {
    return not_as_declared("UUID, INET4 or INET6");
  }
  if (declared == DeclaredType::uuid) return fixed_decoder(TypeId::uuid, size, uuid_of);
  if (declared == DeclaredType::inet4) {
    return fixed_decoder(TypeId::text, size, address_text<AF_INET>);
  }
  return fixed_decoder(TypeId::text, size, address_text<AF_INET6>);
}

}  // namespace leat::cdc::mysql
