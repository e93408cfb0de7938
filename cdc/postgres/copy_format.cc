#include "cdc/postgres/copy_format.h"

#include <spdlog/fmt/fmt.h>

#include "log/base/bytes.h"

namespace leat::cdc {
namespace {

constexpr std::string_view kSignature("PGCOPY\n\377\r\n\0", 11);

Status read_header(ByteReader& in) {
  bool signed_so = in.bytes(kSignature.size()) == kSignature;
  auto flags = in.be<uint32_t>();
  in.bytes(in.be<uint32_t>());  // an extension of the header
  // Bits 16 to 31 are those that a reader must know.
  if (in.ok() && signed_so && (flags >> 16) == 0) return Ok();
  return Error::permanent("the server sent a COPY header that cannot be read");
}

}  // namespace

Result<bool> CopyDecoder::read_row(std::string_view message, RowBuilder* row) {
  ByteReader in(message);
  if (!seen_header_) {
    LEAT_RETURN_IF_ERROR(read_header(in));
    seen_header_ = true;
    if (in.done()) return false;
  }
  auto column_count = in.be<int16_t>();
  if (in.done() && column_count == -1) return false;
  if (!in.ok() || static_cast<size_t>(column_count) != row->column_count()) {
    return Error::permanent(fmt::format("a row of {} columns was copied, and the table has {}",
                                        column_count, row->column_count()));
  }
  row->clear();
  for (size_t i = 0; i < row->column_count(); ++i) {
    auto size = in.be<int32_t>();
    if (size == -1) {
      row->set_null(i);
      continue;
    }
    std::string_view value = in.bytes(static_cast<uint32_t>(size));
    if (!in.ok()) break;
    LEAT_RETURN_IF_ERROR(row->set_binary(i, value));
  }
  if (in.done()) return true;
  return Error::permanent("the server sent a row of COPY that cannot be read");
}

}  // namespace leat::cdc
