#include "tests/mysql/support/type_cases.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>

namespace leat::test {
namespace {

using cdc::mysql::DeclaredType;

// The server's own text of a column `c` as Leat prints the value.
constexpr const char* kAsIs = "c";
constexpr const char* kHex = "concat('\\\\x', lower(hex(c)))";
constexpr const char* kNumber = "c+0";
constexpr const char* kTime =
    "trim(trailing '.' from trim(trailing '0' from concat(c, "
    "if(locate('.', c), '', '.'))))";
constexpr const char* kDateTime =
    "if(c = 0, '-infinity', trim(trailing '.' from trim(trailing '0' from concat(c, "
    "if(locate('.', c), '', '.')))))";
constexpr const char* kInstant =
    "if(c = 0, '-infinity', concat(trim(trailing '.' from trim(trailing '0' from concat(c, "
    "if(locate('.', c), '', '.')))), '+00'))";

}  // namespace

std::vector<TypeCase> number_cases() {
  return {
      {"tinyint", {"-128", "-1", "0", "127", "null"}},
      {"tinyint unsigned", {"0", "128", "255"}},
      {"tinyint(1)", {"true", "false", "7"}},
      {"smallint", {"-32768", "-1", "32767"}},
      {"smallint unsigned", {"32768", "65535"}},
      {"mediumint", {"-8388608", "-1", "8388607"}},
      {"mediumint unsigned", {"8388608", "16777215"}},
      {"int", {"-2147483648", "-1", "2147483647"}},
      {"int unsigned", {"2147483648", "4294967295"}},
      {"bigint", {"-9223372036854775808", "-1", "9223372036854775807"}},
      {"bigint unsigned", {"0", "9223372036854775808", "18446744073709551615"}},
      {"bit(1)", {"b'0'", "b'1'"}, kNumber},
      {"bit(9)", {"b'100000001'", "b'11'"}, kNumber},
      {"bit(63)", {"9223372036854775807"}, kNumber},
      {"bit(64)", {"18446744073709551615", "0"}, kNumber},
      {"year", {"0", "1901", "2026", "2155"}, kNumber},
      {"float", {"0", "-0e0", "-1.5", "3.4028235e38", "1e-40", "0.1"}, "cast(c as double)"},
      {"double", {"0", "-0e0", "-1.5", "1.7976931348623157e308", "2.5e-308", "0.1"}},
      {"decimal(65,30)",
       {"0", "-0.000000000000000000000000000001",
        "99999999999999999999999999999999999.999999999999999999999999999999",
        "-12345678901234567890123456789012345.678901234567890123456789012345"}},
      {"decimal(10,2)", {"-99999999.99", "0.01", "-0.01", "12.30"}},
      {"decimal(9,9)", {"0.123456789", "-0.999999999"}},
      {"decimal(18,9)", {"123456789.987654321", "-1"}},
      {"decimal(38,0)", {"99999999999999999999999999999999999999", "-1"}},
      {"decimal(1,0)", {"-9", "0", "9"}},
      {"decimal(20,6) unsigned", {"0", "12345678901234.567890"}},
      {"decimal(40,38)", {"-99.99999999999999999999999999999999999999"}, kAsIs, On::mariadb},
  };
}

std::vector<TypeCase> time_cases() {
  std::vector<TypeCase> out = {
      {"date", {"'2026-11-22'", "'1000-01-01'", "'9999-12-31'", "'0001-01-01'"}},
      {"date", {"0"}, "'-infinity'"},
      {"date", {"0", "'2026-00-15'", "'2026-02-00'"}, kAsIs, On::both, {.dates_as_text = true}},
      {"datetime(3)", {"0", "'2026-00-15 01:02:03.4'"}, kAsIs, On::both, {.dates_as_text = true}},
      {"timestamp(2)",
       {"0", "'2026-11-22 01:02:03.45'", "'1970-01-01 00:00:01'"},
       kAsIs,
       On::both,
       {.dates_as_text = true}},
  };
  for (int digits = 0; digits <= 6; ++digits) {
    std::string suffix = "(" + std::to_string(digits) + ")";
    out.push_back({"time" + suffix,
                   {"'00:00:00'", "'-00:00:00.5'", "'-01:00:00.000001'", "'838:59:59'",
                    "'-838:59:59'", "'12:34:56.789012'", "'-12:34:56.789012'", "'-00:00:01.99'"},
                   kTime});
    out.push_back(
        {"datetime" + suffix,
         {"0", "'2026-11-22 12:34:56.789012'", "'9999-12-31 23:59:59'", "'1000-01-01 00:00:00.1'"},
         kDateTime});
    out.push_back(
        {"timestamp" + suffix + " null",
         {"0", "'2026-11-22 12:34:56.789012'", "'2038-01-19 03:14:07'", "'1970-01-01 00:00:01'"},
         kInstant});
  }
  return out;
}

std::vector<TypeCase> string_cases() {
  return {
      {"char(10)", {"'a  '", "''", "'0123456789'", "'né€😀'"}},
      {"char(200) character set utf8mb4", {"'x'", "repeat('é', 200)"}},
      {"char(255) character set utf8mb4", {"repeat('😀', 255)"}},
      {"varchar(10)", {"'a  '", "''", "null"}},
      {"varchar(300)", {"repeat('x', 300)", "'short'"}},
      {"varchar(63) character set latin1", {"'é€'", "'plain'"}},
      {"text", {"repeat('text', 100)", "''"}},
      {"tinytext", {"'x'"}},
      {"mediumtext", {"repeat('m', 70000)"}},
      {"longtext character set ucs2", {"'é€'", "repeat('u', 1000)"}},
      {"varchar(10) character set utf16", {"'é€😀'"}},
      {"varchar(10) character set utf16le", {"'é€😀'"}},
      {"varchar(10) character set utf32", {"'é€😀'"}},
      {"binary(4)", {"'ab'", "0x00010000", "0x00000000", "0xFFFFFFFF"}, kHex},
      {"binary(255)", {"'x'"}, kHex},
      {"varbinary(10)", {"0x0001000000", "''"}, kHex},
      {"varbinary(300)", {"0x00FF"}, kHex},
      {"blob", {"0x00FF", "''"}, kHex},
      {"tinyblob", {"0x00FF00"}, kHex},
      {"longblob", {"repeat(0x00FF, 70000)"}, kHex},
      {"enum('a','b,c','né€')", {"'a'", "'b,c'", "'né€'", "null"}},
      {"enum('é','ä') character set latin1", {"'ä'"}},
      {"set('a','b','né')", {"''", "'a'", "'a,né'", "'a,b,né'"}},
      {"varchar(30) compressed", {"'short'", "repeat('x', 30)"}, kAsIs, On::mariadb},
      {"text compressed", {"repeat('long', 1000)", "''", "'é'"}, kAsIs, On::mariadb},
      {"blob compressed", {"repeat(0x00FF, 1000)"}, kHex, On::mariadb},
      {"uuid",
       {"'123e4567-e89b-12d3-a456-426655440000'", "'00000000-0000-0000-0000-000000000000'",
        "'ffffffff-ffff-ffff-ffff-ffffffffffff'", "'018f3c6e-7b00-7abc-8def-0123456789ab'",
        "'f47ac10b-58cc-4372-a567-0e02b2c3d479'", "'018f3c6e-7b00-7abc-0def-0123456789ab'"},
       kAsIs,
       On::mariadb,
       {.declared = DeclaredType::uuid}},
      {"inet6",
       {"'::'", "'::1'", "'2001:db8::ff00:42:8329'", "'::ffff:1.2.3.4'", "'::1.2.3.4'",
        "'1:0:0:2:0:0:0:3'", "'1:2:3:4:5:6:7:8'"},
       kAsIs,
       On::mariadb,
       {.declared = DeclaredType::inet6}},
      {"inet4",
       {"'0.0.0.0'", "'192.168.0.1'"},
       kAsIs,
       On::mariadb,
       {.declared = DeclaredType::inet4}},
      {"json",
       {"'{\"b\": 1,  \"a\": [1, 2]}'"},
       kAsIs,
       On::mariadb,
       {.declared = DeclaredType::json}},
  };
}

std::vector<TypeCase> document_cases() {
  const char* ewkb =
      "if(st_srid(c) = 0, concat('\\\\x', lower(hex(st_aswkb(c)))), concat('\\\\x01', "
      "lower(substr(hex(st_aswkb(c)), 3, 6)), '20', lower(substr(hex(c), 1, 8)), "
      "lower(substr(hex(c), 19))))";
  return {
      {"geometry",
       {"st_geomfromtext('POINT(1 2)')", "st_geomfromtext('POLYGON((0 0,1 0,1 1,0 0))')",
        "st_geomfromtext('POINT(1 2)', 4326)",
        "st_geomfromtext('GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))', 4326)"},
       ewkb},
      {"point", {"st_geomfromtext('POINT(1.5 -2)')", "null"}, ewkb},
      {"vector(3)", {"string_to_vector('[1,2.5,-3]')"}, kHex, On::mysql},
      {"json",
       {"'null'",
        "'true'",
        "'[]'",
        "'{}'",
        "'-1'",
        "'65535'",
        "'65536'",
        "'-2147483648'",
        "'4294967295'",
        "'9223372036854775807'",
        "'18446744073709551615'",
        "'\"text é \\\\\" \\\\n\"'",
        "'{\"bb\": 1, \"a\": [1, \"x\", null, {\"c\": false}], \"\": {}}'",
        "null",
        "'[1.0, 0.1, 1e15, 1e14, 123456789012345680, 1e-15, 1.5e-15, 1.5e-16, 1e-14, 1.5e300, "
        "-2.5e-300, 0.0, -0.0]'",
        "json_array(cast(1.50 as decimal(5,2)), cast('2026-11-22' as date))",
        "json_array(cast('2026-11-22 01:02:03.4' as datetime(6)), cast('-10:00:00' as time(6)))",
        "json_array(cast(0x616263 as binary), b'101')",
        "json_array(cast(repeat('x', 100) as binary))",
        "json_object('k', repeat('long', 20000))",
        "cast(concat('[', repeat('123456,', 20000), '1]') as json)",
        "'\"\\\\u0001\\\\t\\\\u007f/\"'"},
       kAsIs,
       On::mysql},
  };
}

bool runs_on(const TypeCase& c, MysqlKind kind) {
  if (c.on == On::both) return true;
  return (c.on == On::mariadb) == (kind == MysqlKind::mariadb);
}

bool same_text(const TypeCase& c, const std::optional<std::string>& got,
               const std::optional<std::string>& expected) {
  if (got == expected || !got || !expected) return got == expected;
  if (c.type == "float") {
    return std::strtof(got->c_str(), nullptr) == std::strtof(expected->c_str(), nullptr);
  }
  return c.type == "double" &&
         std::strtod(got->c_str(), nullptr) == std::strtod(expected->c_str(), nullptr);
}

void fill_table(MysqlClient& client, const std::string& table, const TypeCase& c) {
  auto made = client.execute("CREATE TABLE " + table + " (id int PRIMARY KEY AUTO_INCREMENT, c " +
                             c.type + ")");
  INFO(table << " " << c.type);
  if (!made.ok()) FAIL(made.error().message());
  for (const std::string& value : c.values) {
    auto put = client.execute("INSERT INTO " + table + " (c) VALUES (" + value + ")");
    if (!put.ok()) FAIL(value << ": " << put.error().message());
  }
}

}  // namespace leat::test
