#include "log/model/change_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "log/base/arena.h"
#include "log/base/bytes.h"
#include "log/model/change.h"
#include "log/model/json_text.h"
#include "log/model/key.h"
#include "log/model/row.h"
#include "log/model/text_format.h"

namespace leat {
namespace {

void append_base64(std::string_view bytes, std::string* out) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    const size_t present = std::min<size_t>(3, bytes.size() - i);
    for (size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < present ? static_cast<uint8_t>(bytes[i + j]) : 0);
    }
    for (size_t j = 0; j < 4; ++j) {
      out->push_back(j <= present ? kDigits[group >> (18 - 6 * j) & 63] : '=');
    }
  }
}

bool prints_as_number(TypeId type, const Datum& value) {
  switch (type) {
    case TypeId::int16:
    case TypeId::int32:
    case TypeId::int64:
      return true;
    case TypeId::float32:
    case TypeId::float64:
      return std::isfinite(value.floating());
    default:
      return false;
  }
}

void append_json_value(TypeId type, const Datum& value, std::string* out) {
  if (value.is_null()) {
    out->append("null");
  } else if (type == TypeId::boolean) {
    out->append(value.boolean() ? "true" : "false");
  } else if (type == TypeId::bytea) {
    out->push_back('"');
    append_base64(value.bytes(), out);
    out->push_back('"');
  } else if (prints_as_number(type, value)) {
    append_text(type, value, out);
  } else {
    std::string text;
    append_text(type, value, &text);
    append_json_string(text, out);
  }
}

void append_json_object(const std::vector<Column>& columns, const std::vector<Datum>& values,
                        std::string* out) {
  for (size_t i = 0; i < values.size(); ++i) {
    out->push_back(i == 0 ? '{' : ',');
    append_json_string(columns[i].name, out);
    out->push_back(':');
    append_json_value(columns[i].type.id, values[i], out);
  }
  out->append(values.empty() ? "{}" : "}");
}

Status append_json_row(const std::optional<RowImage>& image, const SchemaLookup& schema_of,
                       std::string* out) {
  if (!image) {
    out->append("null");
    return Ok{};
  }
  const auto schema = schema_of(image->schema);
  if (schema == nullptr) {
    return Error::permanent("no schema has the id " + std::to_string(image->schema.value()));
  }
  std::vector<Datum> values(schema->columns.size());
  LEAT_RETURN_IF_ERROR(decode_row(schema->row_type(), image->row, values));
  append_json_object(schema->columns, values, out);
  return Ok{};
}

// The key's columns by name, where the record says which they are.
Status append_json_key(const RecordParts& record, const SchemaLookup& schema_of, std::string* out) {
  auto schema = record.key_schema ? schema_of(*record.key_schema) : nullptr;
  if (schema == nullptr || schema->key_columns.empty()) {
    out->append("null");
    return Ok{};
  }
  std::vector<Column> columns;
  RowType types;
  for (int index : schema->key_columns) {
    columns.push_back(schema->columns[static_cast<size_t>(index)]);
    types.push_back(columns.back().type);
  }
  Arena arena;
  std::vector<Datum> values(columns.size());
  LEAT_RETURN_IF_ERROR(decode_key(types, record.key, arena, values));
  append_json_object(columns, values, out);
  return Ok{};
}

char operation(const ChangeHeader& header, bool has_after) {
  if (!has_after) return 'd';
  if (header.transaction_id == 0) return 'r';
  return header.before ? 'u' : 'c';
}

void append_field(const char* name, int64_t number, std::string* out) {
  out->append(",\"").append(name).append("\":").append(std::to_string(number));
}

void append_field(const char* name, std::string_view text, std::string* out) {
  out->append(",\"").append(name).append("\":");
  append_json_string(text, out);
}

// Of a commit position: the number that orders it among others; a text may follow.
constexpr size_t kOrderBytes = sizeof(uint64_t);

// What Debezium's MySQL and MariaDB connectors say of a change. POSITION is a GTID
// ("3e11fa47-…:23", "0-1-463"), or a file and an offset ("binlog.000003:1234"): a GTID has no dot,
// and MariaDB's no colon.
void append_binlog_place(std::string_view topic, std::string_view position, std::string* out) {
  size_t name = std::min(topic.find('.'), topic.size());
  size_t database = std::min(topic.find('.', name + 1), topic.size());
  size_t colon = std::min(position.rfind(':'), position.size());
  append_field("connector", colon == position.size() ? "mariadb" : "mysql", out);
  append_field("name", topic.substr(0, name), out);
  if (database < topic.size()) {
    append_field("db", topic.substr(name + 1, database - name - 1), out);
    append_field("table", topic.substr(database + 1), out);
  }
  uint64_t offset = 0;
  const char* end = position.data() + position.size();
  bool is_in_file = position.find('.') < colon && colon < position.size() &&
                    std::from_chars(position.data() + colon + 1, end, offset).ptr == end;
  if (!is_in_file) return append_field("gtid", position, out);
  append_field("file", position.substr(0, colon), out);
  append_field("pos", static_cast<int64_t>(offset), out);
}

void append_source(const RecordParts& record, const ChangeHeader& header, std::string* out) {
  out->append(",\"source\":{\"topic\":");
  append_json_string(record.topic, out);
  append_field("partition", record.partition.value(), out);
  append_field("offset", record.offset.value(), out);
  append_field("txId", static_cast<int64_t>(header.transaction_id), out);
  std::string_view text = header.commit_position;
  if (text.size() == kOrderBytes) {
    append_field("lsn", load_be<int64_t>(text.data()), out);
  } else {
    bool is_of_binlog = text.size() > kOrderBytes;
    if (is_of_binlog) text.remove_prefix(kOrderBytes);
    append_field("position", text, out);
    if (is_of_binlog) append_binlog_place(record.topic, text, out);
  }
  append_field("index", static_cast<int64_t>(header.index), out);
  append_field("ts_us", header.commit_time_us, out);
  out->push_back('}');
}

Status append_envelope(const RecordParts& record, const SchemaLookup& schema_of, std::string* out) {
  LEAT_ASSIGN_OR_RETURN(const ChangeHeader header, decode_change_header(record.change_header));
  std::optional<RowImage> after;
  if (record.value) {
    LEAT_ASSIGN_OR_RETURN(after, decode_change_value(*record.value));
  }
  out->append("{\"before\":");
  const bool is_bare_delete = !after && !header.before;
  LEAT_RETURN_IF_ERROR(is_bare_delete ? append_json_key(record, schema_of, out)
                                      : append_json_row(header.before, schema_of, out));
  out->append(",\"after\":");
  LEAT_RETURN_IF_ERROR(append_json_row(after, schema_of, out));
  out->append(",\"op\":\"").append(1, operation(header, after.has_value())).append("\"");
  append_field("ts_ms", record.timestamp_ms, out);
  append_source(record, header, out);
  out->push_back('}');
  return Ok{};
}

}  // namespace

Status append_change_json(const RecordParts& record, const SchemaLookup& schema_of,
                          std::string* out) {
  const size_t before = out->size();
  Status appended = append_envelope(record, schema_of, out);
  if (appended.ok()) return Ok{};
  out->resize(before);
  return appended.error().in(std::string(record.topic) + "-" +
                             std::to_string(record.partition.value()) + " offset " +
                             std::to_string(record.offset.value()));
}

}  // namespace leat
