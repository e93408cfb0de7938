#include "cdc/mysql/query_statement.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "cdc/mysql/binlog/charset.h"
#include "log/base/bytes.h"

namespace leat::cdc::mysql {
namespace {

constexpr uint8_t kFlags2 = 0;
constexpr uint8_t kSqlMode = 1;
constexpr uint8_t kCatalog = 2;
constexpr uint8_t kAutoIncrement = 3;
constexpr uint8_t kCharset = 4;
constexpr uint8_t kCatalogWithoutNul = 6;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

enum class Conversion : uint8_t { same, converted, unknown };

Conversion to_utf8(const Query& query, std::string* out) {
  auto collation = client_collation(query.status_variables);
  const char* charset = collation ? charset_of_collation(*collation) : nullptr;
  if (charset == nullptr) return Conversion::unknown;
  if (std::string_view(charset) == "binary") return Conversion::same;  // the server takes it as is
  auto converter = CharsetConverter::create(charset);
  if (!converter.ok()) return Conversion::unknown;
  if ((*converter)->is_utf8()) return Conversion::same;
  return (*converter)->append(query.text, out).ok() ? Conversion::converted : Conversion::unknown;
}

// Both readings of one statement.
Statement united(Statement as_sent, Statement converted) {
  if (as_sent.kind != converted.kind) as_sent.kind = StatementKind::alters_tables;
  std::move(converted.tables.begin(), converted.tables.end(), std::back_inserter(as_sent.tables));
  std::move(converted.tables_as_written.begin(), converted.tables_as_written.end(),
            std::back_inserter(as_sent.tables_as_written));
  return as_sent;
}

}  // namespace

std::optional<uint32_t> client_collation(std::string_view status_variables) {
  ByteReader in(status_variables);
  while (in.ok() && in.remaining() > 0) {
    switch (in.u8()) {
      case kFlags2:
      case kAutoIncrement:
        in.bytes(4);
        break;
      case kSqlMode:
        in.bytes(8);
        break;
      case kCatalog:
        in.bytes(in.u8() + size_t{1});
        break;
      case kCatalogWithoutNul:
        in.bytes(in.u8());
        break;
      case kCharset: {
        auto collation = in.le<uint16_t>();
        return in.ok() ? std::optional<uint32_t>(collation) : std::nullopt;
      }
      default:
        return std::nullopt;  // it stands before all others
    }
  }
  return std::nullopt;
}

Statement read_query_statement(const Query& query) {
  Statement as_sent = read_statement(query.text, query.schema);
  if (is_ascii(query.text)) return as_sent;
  std::string text;
  switch (to_utf8(query, &text)) {
    case Conversion::same:
      return as_sent;
    case Conversion::converted:
      return united(std::move(as_sent), read_statement(text, query.schema));
    case Conversion::unknown:
      as_sent.concerns_all_but_ascii = true;
      return as_sent;
  }
  return as_sent;
}

}  // namespace leat::cdc::mysql
