#include "views/serve/result_writer.h"

#include "log/model/binary_format.h"
#include "log/model/text_format.h"

namespace leat::views::serve {
namespace {

// pg_type.typlen
int16_t type_size(TypeId id) {
  switch (id) {
    case TypeId::boolean:
      return 1;
    case TypeId::int16:
      return 2;
    case TypeId::int32:
    case TypeId::float32:
    case TypeId::date:
      return 4;
    case TypeId::int64:
    case TypeId::float64:
    case TypeId::time:
    case TypeId::timestamp:
    case TypeId::timestamptz:
      return 8;
    case TypeId::timetz:
      return 12;
    case TypeId::uuid:
    case TypeId::interval:
      return 16;
    default:
      return -1;
  }
}

}  // namespace

void OutputBuffer::flush() {
  if (!failed_ && !bytes_.empty()) failed_ = !write_(bytes_).ok();
  bytes_.clear();
}

pg::Format format_of(const std::vector<pg::Format>& formats, size_t index) {
  if (formats.empty()) return pg::Format::text;
  return formats.size() == 1 ? formats[0] : formats[index];
}

void append_row_description(const std::vector<sql::OutputColumn>& columns,
                            const std::vector<pg::Format>& formats, std::string* out) {
  std::vector<pg::Field> fields;
  for (size_t i = 0; i < columns.size(); ++i) {
    const Type& type = columns[i].type;
    fields.push_back({columns[i].name, postgres_oid(type.id), type_size(type.id), type.modifier,
                      format_of(formats, i)});
  }
  pg::append_row_description(fields, out);
}

void append_data_row(const std::vector<sql::OutputColumn>& columns,
                     const std::vector<pg::Format>& formats, std::span<const Datum> values,
                     std::string* out) {
  pg::DataRowWriter row(columns.size(), out);
  for (size_t i = 0; i < columns.size(); ++i) {
    if (values[i].is_null()) {
      row.null();
      continue;
    }
    row.begin_value();
    if (format_of(formats, i) == pg::Format::binary) {
      append_binary(columns[i].type.id, values[i], out);
    } else {
      append_text(columns[i].type.id, values[i], out);
    }
    row.end_value();
  }
  row.end();
}

}  // namespace leat::views::serve
