// The bytes that docs/log-format.md shows are those that the log writes.
#include <catch2/catch.hpp>
#include <cctype>
#include <fstream>
#include <sstream>

#include "log/base/hash.h"
#include "log/batch.h"
#include "log/cut_record.h"
#include "tests/support/source_root.h"

using namespace leat;
using namespace leat::log;

namespace {

std::string page() {
  std::ifstream file(test::source_root() / "docs/log-format.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

bool is_byte(const std::string& word) {
  return word.size() == 2 && std::isxdigit(static_cast<unsigned char>(word[0])) != 0 &&
         std::isxdigit(static_cast<unsigned char>(word[1])) != 0;
}

// The bytes of a cell: it begins with them, and a comment may follow.
void append_bytes(const std::string& cell, std::string* out) {
  std::istringstream words(cell);
  std::string word;
  while (words >> word && is_byte(word)) {
    out->push_back(static_cast<char>(std::stoi(word, nullptr, 16)));
  }
}

// The bytes in the block of code that follows SENTENCE; its cells are two spaces or more apart.
std::string bytes_behind(std::string_view sentence) {
  std::string text = page();
  size_t at = text.find(sentence);
  REQUIRE(at != std::string::npos);
  size_t begin = text.find("```\n", at) + 4;
  std::istringstream lines(text.substr(begin, text.find("```", begin) - begin));
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    while (!line.empty()) {
      size_t gap = std::min(line.find("  "), line.size());
      append_bytes(line.substr(0, gap), &out);
      line.erase(0, std::min(line.find_first_not_of(' ', gap), line.size()));
    }
  }
  return out;
}

std::string batch_of_the_page() {
  std::string bytes;
  BatchWriter writer(&bytes);
  writer.begin(Offset(0), CutId(3));
  writer.add(
      {.offset = Offset(0), .timestamp_ms = 1000, .key = "k", .value = "v", .change_header = "h"});
  writer.finish(BatchCodec::none);
  return bytes;
}

}  // namespace

TEST_CASE("TheBatchOnTheFormatPageIsWhatTheLogWrites") {
  std::string shown = bytes_behind("record with key `k`, value `v`, change header `h`");
  CHECK(shown.size() == 90);
  CHECK((shown == batch_of_the_page()));
}

TEST_CASE("TheJournalPayloadOnTheFormatPageIsWhatTheLogWrites") {
  std::string batch = batch_of_the_page();
  CutRecord record;
  record.cut = CutId(3);
  record.generations_reserved = GenerationId(258);
  record.positions = {{"shop", "7"}};
  record.pieces = {{.partition = {GenerationId(1), PartitionIndex(0)},
                    .segment_base = Offset(0),
                    .position = 0,
                    .size = batch.size(),
                    .crc = crc32c(batch),
                    .end = Offset(1),
                    .timestamp_ms_max = 1000,
                    .is_inline = true}};
  std::string payload;
  append_cut_record(record, &payload);
  CHECK((bytes_behind("with the source position `7`") == payload));
}
