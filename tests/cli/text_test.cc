#include <catch2/catch.hpp>

#include "cli/text/moment.h"
#include "cli/text/nearest.h"
#include "cli/text/printable.h"
#include "cli/text/table.h"
#include "cli/text/units.h"

namespace leat::cli {
namespace {

TEST_CASE("CountsHaveThousandsSeparators") {
  CHECK(count_text(0) == "0");
  CHECK(count_text(999) == "999");
  CHECK(count_text(1000) == "1,000");
  CHECK(count_text(2010221) == "2,010,221");
}

TEST_CASE("BytesChangeUnitWhereTheNumberGrowsLong") {
  CHECK(bytes_text(0) == "0 B");
  CHECK(bytes_text(1023) == "1,023 B");
  CHECK(bytes_text(1536) == "1.5 KB");
  CHECK(bytes_text(412ULL << 20) == "412 MB");
  CHECK(bytes_text(1024ULL << 20) == "1,024 MB");
  CHECK(bytes_text(20ULL << 30) == "20 GB");
}

TEST_CASE("MomentsAreSoLongAgoOrADateInUtc") {
  constexpr int64_t kNow = 1'800'000'000'000;
  CHECK(*parse_moment_ms("15min", kNow) == kNow - 900'000);
  CHECK(*parse_moment_ms("forever", kNow) == 0);
  CHECK(*parse_moment_ms("2026-11-22 20:00:00", kNow) == 1'795'377'600'000);
  CHECK(*parse_moment_ms("2026-11-22 22:00:00.5+02", kNow) == 1'795'377'600'500);
  CHECK(!parse_moment_ms("yesterday", kNow).ok());
  CHECK(!parse_moment_ms("infinity", kNow).ok());
  CHECK(!parse_moment_ms("", kNow).ok());
}

TEST_CASE("DurationsChangeUnitWithTheirSize") {
  CHECK(duration_text(0) == "0 ms");
  CHECK(duration_text(-5) == "0 ms");
  CHECK(duration_text(3'400) == "3 ms");
  CHECK(duration_text(15'200'000) == "15.2 s");
  CHECK(duration_text(240'000'000) == "4 min");
  CHECK(duration_text(3LL * 3600 * 1'000'000) == "3 h");
  CHECK(duration_text(49LL * 3600 * 1'000'000) == "2 d");
}

TEST_CASE("TextFromOutsideStaysOneLineAndMovesNothingOnTheTerminal") {
  CHECK(printable("plain – ünï") == "plain – ünï");
  CHECK(printable("new\nline\tand \x1b[2J\x7f") == "new\\nline\\tand \\x1b[2J\\x7f");
  CHECK(aligned_table({"NAME"}, {{"a\nb"}}) == "NAME\na\\nb\n");
}

TEST_CASE("RatesAreShortAndNameTheirUnit") {
  CHECK(rate_text(0, "changes") == "0 changes/s");
  CHECK(rate_text(4120.4, "changes") == "4,120 changes/s");
  CHECK(rate_text(211'900, "rows") == "212k rows/s");
}

TEST_CASE("PercentOfNothingIsADash") {
  CHECK(percent_text(1'220'000, 2'000'000) == "61 %");
  CHECK(percent_text(5, 4) == "100 %");
  CHECK(percent_text(5, 0) == "–");
}

TEST_CASE("SizesAreReadInPowersOf1024") {
  CHECK(parse_bytes("512MB") == 512ULL << 20);
  CHECK(parse_bytes("2 gb") == 2ULL << 30);
  CHECK(parse_bytes("1048576") == 1048576);
  CHECK(parse_bytes("7 KB") == 7168);
  CHECK_FALSE(parse_bytes("").has_value());
  CHECK_FALSE(parse_bytes("MB").has_value());
  CHECK_FALSE(parse_bytes("-1").has_value());
  CHECK_FALSE(parse_bytes("1.5GB").has_value());
  CHECK_FALSE(parse_bytes("5 apples").has_value());
  CHECK_FALSE(parse_bytes("99999999999999TB").has_value());
}

TEST_CASE("PaddingCountsColumnsNotBytes") {
  CHECK(padded("–", 3) == "–  ");
  CHECK(padded("abcd", 3) == "abcd");
}

TEST_CASE("NearestWordForgivesASlipButNotAnotherWord") {
  std::vector<std::string> known = {"tables", "postgres", "password_file"};
  CHECK(nearest_word("tabels", known) == "tables");
  CHECK(nearest_word("table", known) == "tables");
  CHECK(nearest_word("pasword_file", known) == "password_file");
  CHECK_FALSE(nearest_word("kafka", known).has_value());
  CHECK_FALSE(nearest_word(std::string(5000, 'x'), known).has_value());
}

}  // namespace
}  // namespace leat::cli
