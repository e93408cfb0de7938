#include "cdc/mysql/text_values.h"

#include <arpa/inet.h>
#include <spdlog/fmt/fmt.h>

#include <array>
#include <charconv>

#include "cdc/mysql/binlog/decoder_of.h"
#include "cdc/mysql/binlog/geometry.h"
#include "cdc/mysql/binlog/temporal.h"
#include "cdc/mysql/catalog.h"
#include "log/model/interval.h"
#include "log/model/numeric.h"
#include "log/model/text_format.h"

namespace leat::cdc::mysql {
namespace {

Error not_a(const char* what, std::string_view text) {
  return Error::permanent(fmt::format("the server returned '{}' where {} stands", text, what));
}

template <class T>
Result<T> number_of(std::string_view text, const char* what) {
  T value{};
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()) return value;
  return not_a(what, text);
}

// Reads fixed forms off the front of a text.
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : text_(text) {}

  int64_t digits(size_t at_least = 1) {
    int64_t value = 0;
    size_t count = 0;
    for (; count < text_.size() && text_[count] >= '0' && text_[count] <= '9'; ++count) {
      value = value * 10 + (text_[count] - '0');
    }
    good_ = good_ && count >= at_least && count <= kDigitsMax;
    text_.remove_prefix(count);
    return value;
  }
  bool skip(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) { good_ = skip(c) && good_; }
  bool good_and_done() const { return good_ && text_.empty(); }

  DateFields date() {
    DateFields out;
    out.year = static_cast<int32_t>(digits(4));
    expect('-');
    out.month = static_cast<int32_t>(digits(2));
    expect('-');
    out.day = static_cast<int32_t>(digits(2));
    return out;
  }
  // hh:mm:ss[.ffffff], in microseconds.
  int64_t time_us() {
    int64_t hours = digits(2);
    expect(':');
    int64_t minutes = digits(2);
    expect(':');
    int64_t seconds = digits(2);
    return ((hours * 60 + minutes) * 60 + seconds) * kUsPerSecond + (skip('.') ? fraction_us() : 0);
  }

 private:
  static constexpr size_t kDigitsMax = 9;

  int64_t fraction_us() {
    size_t before = text_.size();
    int64_t value = digits();
    for (size_t count = before - text_.size(); count < 6; ++count) value *= 10;
    return value;
  }

  std::string_view text_;
  bool good_ = true;
};

Result<Datum> date_of(std::string_view text) {
  FieldReader in(text);
  DateFields date = in.date();
  return in.good_and_done() ? date_value(date) : Result<Datum>(not_a("a date", text));
}

Result<Datum> timestamp_of(std::string_view text) {
  FieldReader in(text);
  DateTimeFields time;
  time.date = in.date();
  in.expect(' ');
  time.us = in.time_us();
  return in.good_and_done() ? timestamp_value(time) : Result<Datum>(not_a("a time", text));
}

Result<Datum> interval_of(std::string_view text, Arena& arena) {
  FieldReader in(text);
  bool negative = in.skip('-');
  int64_t us = in.time_us();
  if (!in.good_and_done()) return not_a("a TIME", text);
  return to_datum(Interval{negative ? -us : us}, arena);
}

// Printed as the decoder of the binlog's bytes prints it, whatever the server's form is.
template <int Family>
Result<Datum> address_of(std::string_view text, Arena& arena) {
  std::array<char, 16> bytes{};
  char printed[INET6_ADDRSTRLEN] = "";
  if (inet_pton(Family, std::string(text).c_str(), bytes.data()) != 1) {
    return not_a("an address", text);
  }
  inet_ntop(Family, bytes.data(), printed, sizeof printed);
  return in_arena(printed, arena);
}

ValueDecoderPtr integer_decoder(Type type) {
  return decoder_of(type, [](std::string_view text, Arena&) -> Result<Datum> {
    LEAT_ASSIGN_OR_RETURN(auto value, number_of<int64_t>(text, "an integer"));
    return Datum::of_int(value);
  });
}

template <class Float>
ValueDecoderPtr float_decoder(Type type) {
  return decoder_of(type, [](std::string_view text, Arena&) -> Result<Datum> {
    LEAT_ASSIGN_OR_RETURN(auto value, number_of<double>(text, "a number"));
    return Datum::of_float(static_cast<Float>(value));
  });
}

ValueDecoderPtr numeric_decoder(Type type) {
  return decoder_of(type, [](std::string_view text, Arena& arena) -> Result<Datum> {
    auto value = parse_numeric(text);
    if (!value.ok()) return not_a("a number", text);
    return value->to_datum(arena);
  });
}

ValueDecoderPtr bytes_decoder(Type type) {
  return decoder_of(
      type, [](std::string_view bytes, Arena&) -> Result<Datum> { return Datum::of_bytes(bytes); });
}

ValueDecoderPtr geometry_decoder(Type type) {
  return decoder_of(type, [](std::string_view bytes, Arena& arena) -> Result<Datum> {
    std::string out;
    LEAT_RETURN_IF_ERROR(append_ewkb(bytes, &out));
    return in_arena(out, arena);
  });
}

// Text and labels in the column's own character set, and bytes: as they are logged, but for the
// zeros behind a BINARY, which are all there.
Result<ValueDecoderPtr> string_decoder_of(const MappedColumn& column) {
  TableColumn as_varchar = column.logged;
  as_varchar.type = ColumnType::varchar;
  DecodeOptions options;
  if (column.declared == DeclaredType::json) options.declared = DeclaredType::json;
  return make_value_decoder(as_varchar, options);
}

ValueDecoderPtr declared_text_decoder(const MappedColumn& column) {
  switch (column.declared) {
    case DeclaredType::uuid:
      return decoder_of(column.type, [](std::string_view text, Arena& arena) -> Result<Datum> {
        return parse_text(TypeId::uuid, text, arena);
      });
    case DeclaredType::inet4:
      return decoder_of(column.type, address_of<AF_INET>);
    case DeclaredType::inet6:
      return decoder_of(column.type, address_of<AF_INET6>);
    default:
      return nullptr;
  }
}

ValueDecoderPtr document_text_decoder(const MappedColumn& column) {
  if (column.logged.type == ColumnType::geometry) return geometry_decoder(column.type);
  bool as_it_is =
      column.logged.type == ColumnType::json || column.logged.type == ColumnType::vector;
  return as_it_is ? bytes_decoder(column.type) : nullptr;
}

bool is_date(ColumnType type) {
  return type == ColumnType::date || type == ColumnType::datetime || type == ColumnType::timestamp;
}

ValueDecoderPtr scalar_text_decoder(Type type) {
  switch (type.id) {
    case TypeId::int16:
    case TypeId::int32:
    case TypeId::int64:
      return integer_decoder(type);
    case TypeId::float32:
      return float_decoder<float>(type);
    case TypeId::float64:
      return float_decoder<double>(type);
    case TypeId::numeric:
      return numeric_decoder(type);
    case TypeId::date:
      return decoder_of(type, [](std::string_view text, Arena&) { return date_of(text); });
    case TypeId::timestamp:
    case TypeId::timestamptz:
      return decoder_of(type, [](std::string_view text, Arena&) { return timestamp_of(text); });
    case TypeId::interval:
      return decoder_of(type, interval_of);
    default:
      return nullptr;
  }
}

}  // namespace

std::string select_expression(const MappedColumn& column) {
  std::string name = sql_identifier(column.logged.name);
  switch (column.logged.type) {
    case ColumnType::float32:
    case ColumnType::float64:  // a DOUBLE(M,D) is printed with D digits
      return name + " * 1e0";  // and + would lose the sign of -0
    case ColumnType::bit:
      return name + " + 0";
    default:
      return name;
  }
}

Result<std::unique_ptr<ValueDecoder>> make_text_decoder(const MappedColumn& column) {
  if (is_date(column.logged.type) && column.dates_as_text) return bytes_decoder(column.type);
  ValueDecoderPtr decoder = declared_text_decoder(column);
  if (decoder == nullptr) decoder = document_text_decoder(column);
  if (decoder == nullptr) decoder = scalar_text_decoder(column.type);
  if (decoder == nullptr) return string_decoder_of(column);
  return decoder;
}

}  // namespace leat::cdc::mysql
