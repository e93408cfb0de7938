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

Status set_value(const TableBinding& binding, size_t column, const Field& field,
                 const RowValues* before, RowValues* out) {
  auto value = read_value(binding, column, field, before, out->arena());
  if (!value.ok()) return out->in_column(column, value.error());
  out->set(column, *value);
  return Ok();
}

}  // namespace

Status read_image(const TableBinding& binding, const RowImage& image, const RowValues* before,
                  RowValues* out) {
  out->clear();
  for (size_t i = 0; i < binding.column_count(); ++i) {
    const Field& field = image[binding.logged_column(i)];
    if (field.state == FieldState::absent) {
      out->set_unchanged(i);
    } else {
      LEAT_RETURN_IF_ERROR(set_value(binding, i, field, before, out));
    }
  }
  return Ok();
}

Status read_inserted(const TableBinding& binding, const RowImage& image, RowValues* out) {
  out->clear();
  for (size_t i = 0; i < binding.column_count(); ++i) {
    const Field& field = image[binding.logged_column(i)];
    if (field.state != FieldState::absent) {
      LEAT_RETURN_IF_ERROR(set_value(binding, i, field, nullptr, out));
    } else if (binding.is_null_by_default(i)) {
      out->set_null(i);
    } else {
      return out->in_column(
          i, Error::permanent("an insert was logged without it, to whom the server gives its "
                              "default: SET GLOBAL binlog_row_image = FULL"));
    }
  }
  return Ok();
}

}  // namespace leat::cdc::mysql
