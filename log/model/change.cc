#include "log/model/change.h"

#include "log/base/bytes.h"

namespace leat {
namespace {

constexpr uint8_t kFormat = 1;

Error damaged(std::string_view part, std::string_view what) {
  return Error::permanent("a change's " + std::string(part) +
                          " does not parse: " + std::string(what));
}

Status check_format(std::string_view part, ByteReader& in) {
  uint8_t format = in.u8();
  if (!in.ok()) return damaged(part, "it is empty");
  if (format == kFormat) return Ok{};
  return damaged(part, "unknown format " + std::to_string(format) + "; is it of a newer Leat?");
}

void append_image(const RowImage& image, std::string* out) {
  append_le(out, image.schema.value());
  out->append(image.row);
}

RowImage read_image(ByteReader& in) {
  SchemaId schema(in.le<uint32_t>());
  return {schema, in.rest()};
}

}  // namespace

void append_change_value(const RowImage& after, std::string* out) {
  out->push_back(static_cast<char>(kFormat));
  append_image(after, out);
}

Result<RowImage> decode_change_value(std::string_view value) {
  ByteReader in(value);
  LEAT_RETURN_IF_ERROR(check_format("value", in));
  RowImage image = read_image(in);
  if (!in.done()) return damaged("value", "it is cut short");
  return image;
}

void append_change_header(const ChangeHeader& header, std::string* out) {
  out->push_back(static_cast<char>(kFormat));
  append_le(out, header.transaction_id);
  append_le(out, header.commit_time_us);
  append_varint(out, header.index);
  append_sized(out, header.commit_position);
  out->push_back(header.before ? 1 : 0);
  if (header.before) append_image(*header.before, out);
}

Result<ChangeHeader> decode_change_header(std::string_view bytes) {
  ByteReader in(bytes);
  LEAT_RETURN_IF_ERROR(check_format("header", in));
  ChangeHeader header;
  header.transaction_id = in.le<uint64_t>();
  header.commit_time_us = in.le<int64_t>();
  header.index = in.varint();
  header.commit_position = in.sized();
  uint8_t has_before = in.u8();
  if (has_before > 1) return damaged("header", "a flag is neither 0 nor 1");
  if (has_before == 1) header.before = read_image(in);
  if (!in.done()) return damaged("header", "it is cut short, or bytes follow it");
  return header;
}

}  // namespace leat
