#include "cdc/mysql/binlog/json_binary.h"

#include <spdlog/fmt/fmt.h>

#include <bit>

#include "cdc/mysql/binlog/column_metadata.h"
#include "cdc/mysql/binlog/decimal.h"
#include "cdc/mysql/binlog/json_scalar.h"
#include "cdc/mysql/binlog/temporal.h"
#include "log/base/bytes.h"
#include "log/model/json_text.h"
#include "log/model/utf8.h"

namespace leat::cdc::mysql {
namespace {

enum class JsonType : uint8_t {
  small_object = 0,
  large_object = 1,
  small_array = 2,
  large_array = 3,
  literal = 4,
  int16 = 5,
  uint16 = 6,
  int32 = 7,
  uint32 = 8,
  int64 = 9,
  uint64 = 10,
  float64 = 11,
  string = 12,
  opaque = 15,
};

constexpr int kDepthMax = 100;  // the server's
// A damaged document whose parts overlap could print as more than any disk holds; an undamaged one
// prints at most this many bytes for each of its own (a control character as \u001f, a date).
constexpr size_t kTextBytesPerByteMax = 16;

Error damaged() {
  return Error::permanent("a damaged JSON value");
}

// A length in groups of seven bits, at most 32 bits of it; then as many bytes.
std::string_view read_sized(ByteReader& in) {
  uint64_t size = in.varint();
  if (size > UINT32_MAX) in.fail();
  return in.bytes(size);
}

class Printer {
 public:
  Printer(std::string_view document, std::string* out)
      : out_(out), size_max_(out->size() + (document.size() + 8) * kTextBytesPerByteMax) {}

  // BYTES begin with the value and may go on behind it.
  Status value(JsonType type, std::string_view bytes, int depth) {
    if (out_->size() > size_max_) return damaged();
    switch (type) {
      case JsonType::small_object:
        return container(bytes, true, false, depth);
      case JsonType::large_object:
        return container(bytes, true, true, depth);
      case JsonType::small_array:
        return container(bytes, false, false, depth);
      case JsonType::large_array:
        return container(bytes, false, true, depth);
      default:
        return scalar(type, bytes);
    }
  }

 private:
  Status container(std::string_view bytes, bool is_object, bool large, int depth) {
    if (depth > kDepthMax) return damaged();
    size_t width = large ? 4 : 2;
    ByteReader head(bytes);
    uint64_t count = number(head, large);
    uint64_t size = number(head, large);
    size_t keys_at = 2 * width;
    size_t key_bytes = is_object ? width + 2 : 0;
    if (!head.ok() || size > bytes.size() || count > size) return damaged();
    bytes = bytes.substr(0, size);
    if (keys_at + count * (key_bytes + 1 + width) > size) return damaged();
    size_t entries_at = keys_at + count * key_bytes;
    out_->push_back(is_object ? '{' : '[');
    for (uint64_t i = 0; i < count; ++i) {
      if (i != 0) out_->append(", ");
      if (is_object) LEAT_RETURN_IF_ERROR(key(bytes, keys_at + i * key_bytes, large));
      LEAT_RETURN_IF_ERROR(entry(bytes, entries_at + i * (1 + width), large, depth));
    }
    out_->push_back(is_object ? '}' : ']');
    return Ok();
  }

  Status key(std::string_view object, size_t at, bool large) {
    ByteReader in(object.substr(at));
    uint64_t offset = number(in, large);
    auto size = in.le<uint16_t>();
    if (offset > object.size() || size > object.size() - offset) return damaged();
    LEAT_RETURN_IF_ERROR(quoted(object.substr(offset, size)));
    out_->append(": ");
    return Ok();
  }

  Status entry(std::string_view container, size_t at, bool large, int depth) {
    ByteReader in(container.substr(at));
    auto type = static_cast<JsonType>(in.u8());
    if (is_inline(type, large)) return scalar(type, in.rest());
    uint64_t offset = number(in, large);
    if (offset >= container.size()) return damaged();
    return value(type, container.substr(offset), depth + 1);
  }

  Status scalar(JsonType type, std::string_view bytes) {
    ByteReader in(bytes);
    auto to = std::back_inserter(*out_);
    switch (type) {
      case JsonType::literal:
        return literal(in.ok() && in.remaining() != 0 ? in.u8() : 0xFF);
      case JsonType::int16:
        fmt::format_to(to, "{}", in.le<int16_t>());
        break;
      case JsonType::uint16:
        fmt::format_to(to, "{}", in.le<uint16_t>());
        break;
      case JsonType::int32:
        fmt::format_to(to, "{}", in.le<int32_t>());
        break;
      case JsonType::uint32:
        fmt::format_to(to, "{}", in.le<uint32_t>());
        break;
      case JsonType::int64:
        fmt::format_to(to, "{}", in.le<int64_t>());
        break;
      case JsonType::uint64:
        fmt::format_to(to, "{}", in.le<uint64_t>());
        break;
      case JsonType::float64:
        append_json_double(std::bit_cast<double>(in.le<uint64_t>()), out_);
        break;
      case JsonType::string: {
        std::string_view text = read_sized(in);
        return in.ok() ? quoted(text) : Status(damaged());
      }
      case JsonType::opaque:
        return opaque(in);
      default:
        return damaged();
    }
    return in.ok() ? Status() : Status(damaged());
  }

  Status literal(uint8_t which) {
    constexpr std::string_view kLiterals[] = {"null", "true", "false"};
    if (which >= std::size(kLiterals)) return damaged();
    out_->append(kLiterals[which]);
    return Ok();
  }

  Status quoted(std::string_view text) {
    LEAT_RETURN_IF_ERROR(check_utf8(text));
    append_json_string(text, out_);
    return Ok();
  }

  // A value of an SQL type that JSON does not have.
  Status opaque(ByteReader& in) {
    auto type = static_cast<ColumnType>(in.u8());
    std::string_view bytes = read_sized(in);
    if (!in.ok()) return damaged();
    return append_json_opaque(type, bytes, out_);
  }

  static uint64_t number(ByteReader& in, bool large) {
    return large ? in.le<uint32_t>() : in.le<uint16_t>();
  }

  static bool is_inline(JsonType type, bool large) {
    switch (type) {
      case JsonType::literal:
      case JsonType::int16:
      case JsonType::uint16:
        return true;
      case JsonType::int32:
      case JsonType::uint32:
        return large;
      default:
        return false;
    }
  }

  std::string* out_;
  size_t size_max_;
};

}  // namespace

Status append_json_text(std::string_view binary, std::string* out) {
  if (binary.empty()) {
    out->append("null");
    return Ok();
  }
  return Printer(binary, out).value(static_cast<JsonType>(binary[0]), binary.substr(1), 1);
}

}  // namespace leat::cdc::mysql
