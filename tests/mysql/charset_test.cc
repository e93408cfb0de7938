// Every character of every character set: what the server converts to UTF-8, we convert to the
// same.
#include "cdc/mysql/binlog/charset.h"

#include <catch2/catch.hpp>

#include "tests/mysql/support/binlog_fixture.h"

namespace leat::test {
namespace {

using cdc::mysql::CharsetConverter;

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (char c : bytes) {
    out += kDigits[static_cast<uint8_t>(c) >> 4];
    out += kDigits[static_cast<uint8_t>(c) & 15];
  }
  return out;
}

void append_codes(int size, const std::string& prefix, std::vector<std::string>* out) {
  for (int byte = size == 1 && prefix.empty() ? 0 : 0x30; byte < 256; ++byte) {
    std::string code = prefix + static_cast<char>(byte);
    if (size == 1)
      out->push_back(code);
    else if (byte >= 0x80)
      append_codes(size - 1, code, out);
  }
}

// All byte sequences that can be one character of a set whose longest has SIZE bytes. Of three
// bytes only those are tried that begin with 0x8F, which is how EUC marks them.
std::vector<std::string> codes_of(int size) {
  std::vector<std::string> out;
  append_codes(1, "", &out);
  if (size > 1) append_codes(2, "", &out);
  if (size > 2) append_codes(2, "\x8F", &out);
  return out;
}

// Characters by what the server says; none where the code is none of the set.
std::vector<TextRow> ask(MysqlClient& client, const std::string& charset,
                         const std::vector<std::string>& codes, size_t from, size_t to) {
  std::string rows;
  for (size_t i = from; i < to; ++i) {
    if (!rows.empty()) rows += " UNION ALL ";
    rows += "SELECT " + std::to_string(i) + " o, '" + hex(codes[i]) + "' x";
  }
  auto answer = client.query("SELECT hex(convert(unhex(x) USING " + charset +
                             ")) = x, convert(convert(unhex(x) USING " + charset +
                             ") USING utf8mb4) FROM (" + rows + ") t ORDER BY o");
  if (!answer.ok()) FAIL(charset << ": " << answer.error().message());
  return *answer;
}

// The server makes question marks, or nothing, of what it cannot convert.
bool is_converted(const std::optional<std::string>& utf8, const std::string& code) {
  if (code == "?") return true;
  return utf8 && !utf8->empty() && utf8->find_first_not_of('?') != std::string::npos;
}

// How many were compared.
size_t check_charset(MysqlClient& client, const std::string& charset, int size) {
  constexpr size_t kPerQuery = 4000;
  auto converter = CharsetConverter::create(charset);
  INFO(charset);
  if (!converter.ok()) FAIL(converter.error().message());
  std::vector<std::string> codes = codes_of(size);
  size_t compared = 0;
  for (size_t from = 0; from < codes.size(); from += kPerQuery) {
    auto answer = ask(client, charset, codes, from, std::min(from + kPerQuery, codes.size()));
    for (size_t i = 0; i < answer.size(); ++i) {
      const std::string& code = codes[from + i];
      bool is_character = answer[i][0] == "1" && is_converted(answer[i][1], code);
      if (!is_character) continue;
      std::string utf8;
      Status status = (*converter)->append(code, &utf8);
      ++compared;
      if (status.ok() && utf8 == *answer[i][1]) continue;
      FAIL_CHECK(charset << " " << hex(code) << ": got " << utf8 << ", the server has "
                         << *answer[i][1]);
    }
  }
  return compared;
}

void check_all(MysqlKind kind) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  auto client = MysqlClient::connect(server->port());
  REQUIRE(client.ok());
  REQUIRE((*client)->execute("SET sql_mode = ''").ok());
  auto charsets = (*client)->query(
      "SELECT character_set_name, maxlen FROM information_schema.character_sets WHERE "
      "character_set_name NOT LIKE 'u%' AND character_set_name <> 'binary' UNION SELECT 'ujis', 3");
  REQUIRE(charsets.ok());
  CHECK(charsets->size() > 30);
  for (const TextRow& charset : *charsets) {
    size_t compared = check_charset(**client, *charset[0], std::stoi(*charset[1]));
    INFO(*charset[0]);
    CHECK(compared >= 127);  // swe7 has no question mark of its own
  }
}

TEST_CASE("EveryCharacterOfEveryCharsetIsTheServersOnMariaDb") {
  check_all(MysqlKind::mariadb);
}
TEST_CASE("EveryCharacterOfEveryCharsetIsTheServersOnMySql") {
  check_all(MysqlKind::mysql);
}

void check_collations(MysqlKind kind, const std::string& query) {
  MysqlServer* server = shared_server(kind);
  if (server == nullptr) return;
  auto client = MysqlClient::connect(server->port());
  REQUIRE(client.ok());
  auto collations = (*client)->query(query);
  REQUIRE(collations.ok());
  CHECK(collations->size() > 250);
  for (const TextRow& collation : *collations) {
    const char* charset =
        cdc::mysql::charset_of_collation(static_cast<uint32_t>(std::stoul(*collation[0])));
    INFO(*collation[0] << " " << *collation[1]);
    CHECK(std::string(charset == nullptr ? "none" : charset) == *collation[1]);
  }
}

TEST_CASE("EveryCollationIsOfTheServersCharsetOnMariaDb") {
  check_collations(MysqlKind::mariadb,
                   "SELECT id, character_set_name FROM "
                   "information_schema.collation_character_set_applicability WHERE id IS NOT NULL");
}
TEST_CASE("EveryCollationIsOfTheServersCharsetOnMySql") {
  check_collations(MysqlKind::mysql,
                   "SELECT id, character_set_name FROM information_schema.collations");
}

}  // namespace
}  // namespace leat::test
