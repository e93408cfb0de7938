#include "cdc/mysql/row_builder.h"

#include "cdc/mysql/binlog/json_diff.h"

namespace leat::cdc::mysql {
namespace {

Result<Datum> apply_diff(size_t column, std::string_view diff, const RowValues* before,
                         Arena& arena) {
  if (before == nullptr || before->is_unchanged(column) || before->value(column).is_null()) {
    return Error::permanent(
        "only the difference to a document was logged, and not the document: SET GLOBAL "
        "binlog_row_value_options = ''");
  }
  LEAT_ASSIGN_OR_RETURN(std::string document,
                        apply_json_diffs(before->value(column).bytes(), diff));
  return Datum::of_bytes(arena.copy(document));
}

Result<Datum> read_value(const TableBinding& binding, size_t column, const Field& field,
                         const RowValues* before, Arena& arena) {
  if (field.state == FieldState::null) return Datum::null();
  if (field.state == FieldState::json_diff) return apply_diff(column, field.bytes, before, arena);
  return binding.decoder(column).decode(field.bytes, arena);
}

}  // namespace

Status read_image(const TableBinding& binding, const RowImage& image, const RowValues* before,
                  RowValues* out) {
  out->clear();
  for (size_t i = 0; i < binding.column_count(); ++i) {
    const Field& field = image[binding.logged_column(i)];
    if (field.state == FieldState::absent) {
      out->set_unchanged(i);
      continue;
    }
    auto value = read_value(binding, i, field, before, out->arena());
    if (!value.ok()) return out->in_column(i, value.error());
    out->set(i, *value);
  }
  return Ok();
}

}  // namespace leat::cdc::mysql
