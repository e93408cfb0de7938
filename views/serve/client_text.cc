#include "views/serve/client_text.h"

#include "log/base/arena.h"
#include "log/model/binary_format.h"

namespace leat::views::serve {

using sql::SqlError;

sql::SqlResult<void> check_text(std::string_view bytes) {
  Arena arena;
  auto valid = decode_binary(Type{TypeId::text}, bytes, arena);
  if (!valid.ok()) return SqlError{valid.error().message(), "22021", "", -1};
  if (bytes.find('\0') != bytes.npos) {
    return SqlError{"invalid byte sequence for encoding \"UTF8\": 0x00", "22021", "", -1};
  }
  return Ok{};
}

}  // namespace leat::views::serve
