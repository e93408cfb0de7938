#include "cdc/postgres/row_builder.h"

#include "log/model/binary_format.h"
#include "log/model/text_format.h"

namespace leat::cdc {

Status RowBuilder::set_binary(size_t column, std::string_view bytes) {
  auto value = decode_binary(type(column), bytes, arena());
  if (!value.ok()) return in_column(column, value.error());
  set(column, *value);
  return Ok();
}

Status RowBuilder::set_text(size_t column, std::string_view bytes) {
  auto value = parse_text(type(column).id, bytes, arena());
  if (!value.ok()) return in_column(column, value.error());
  set(column, *value);
  return Ok();
}

Status RowBuilder::set_tuple(const pgoutput::Tuple& tuple) {
  clear();
  Status status;
  tuple.for_each([&](size_t i, pgoutput::ColumnValue value) {
    if (!status.ok()) return;
    switch (value.kind) {
      case pgoutput::ColumnKind::binary:
        status = set_binary(i, value.bytes);
        break;
      case pgoutput::ColumnKind::text:
        status = set_text(i, value.bytes);
        break;
      case pgoutput::ColumnKind::null:
        set_null(i);
        break;
      case pgoutput::ColumnKind::unchanged:
        set_unchanged(i);
        break;
    }
  });
  return status;
}

}  // namespace leat::cdc
