#include "cdc/mysql/binlog/charset.h"

#include <iconv.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "cdc/mysql/binlog/charset_tables.h"
#include "cdc/mysql/binlog/packed_integer.h"
#include "log/model/text_scan.h"
#include "log/model/utf8.h"

namespace leat::cdc::mysql {
namespace {

Error no_character(std::string_view charset, std::string_view text, size_t at) {
  return Error::permanent(fmt::format("bytes are not valid {} (first bad byte 0x{:02X} at {})",
                                      charset, static_cast<uint8_t>(text[at]), at));
}

void append_point(uint32_t point, std::string* out) {
  auto put = [out](uint32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0 | point >> 6);
  } else {
    put(0xE0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3F));
  }
  put(0x80 | (point & 0x3F));
}

class Utf8 final : public CharsetConverter {
 public:
  bool is_utf8() const override { return true; }
  Status append(std::string_view text, std::string* out) override {
    LEAT_RETURN_IF_ERROR(check_utf8(text));
    out->append(text);
    return Ok();
  }
};

// How many bytes at the front of TEXT are below 128.
size_t ascii_prefix(std::string_view text) {
  constexpr uint64_t kHighBits = 0x8080'8080'8080'8080;
  size_t count = 0;
  for (; count + sizeof(uint64_t) <= text.size(); count += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, text.data() + count, sizeof word);
    if ((word & kHighBits) != 0) break;
  }
  while (count < text.size() && static_cast<uint8_t>(text[count]) < 128) ++count;
  return count;
}

class SingleByte final : public CharsetConverter {
 public:
  explicit SingleByte(const SingleByteTable& table)
      : charset_(table.charset), holds_ascii_(table.low_count == 0) {
    for (uint32_t byte = 0; byte < 128; ++byte) append_point(byte, &utf8_[byte]);
    for (size_t i = 0; i < table.low_count; ++i) {
      std::string& utf8 = utf8_[table.low[i].code];
      utf8.clear();
      append_point(table.low[i].point, &utf8);
    }
    for (size_t i = 0; i < 128; ++i) {
      if (table.high[i] != 0) append_point(table.high[i], &utf8_[128 + i]);
    }
  }

  Status append(std::string_view text, std::string* out) override {
    for (size_t i = 0; i < text.size(); ++i) {
      if (holds_ascii_) {  // most text is that, and needs no table
        size_t ascii = ascii_prefix(text.substr(i));
        out->append(text, i, ascii);
        i += ascii;
        if (i == text.size()) break;
      }
      const std::string& utf8 = utf8_[static_cast<uint8_t>(text[i])];
      if (utf8.empty()) return no_character(charset_, text, i);
      out->append(utf8);
    }
    return Ok();
  }

 private:
  const char* charset_;
  const bool holds_ascii_;  // bytes below 128 are themselves
  std::array<std::string, 256> utf8_;
};

// The C library's converter, with the codes that the server reads in another way.
class SeveralBytes final : public CharsetConverter {
 public:
  SeveralBytes(const char* charset, iconv_t handle) : charset_(charset), handle_(handle) {
    for (size_t i = 0; i < kExceptionTableCount; ++i) {
      if (std::string_view(kExceptionTables[i].charset) == charset) table_ = &kExceptionTables[i];
    }
  }
  ~SeveralBytes() override { iconv_close(handle_); }

  Status append(std::string_view text, std::string* out) override {
    if (table_ == nullptr) return convert(text, 0, text.size(), out);
    size_t start = 0;
    for (size_t at = 0; at < text.size();) {
      size_t size = std::min(character_size(text.substr(at)), text.size() - at);
      const CharsetException* other = exception(text.substr(at, size));
      if (other != nullptr) {
        LEAT_RETURN_IF_ERROR(convert(text, start, at, out));
        append_point(other->point, out);
        start = at + size;
      }
      at += size;
    }
    return convert(text, start, text.size(), out);
  }

 private:
  // Of those that have exceptions: big5, gb18030, sjis, ujis.
  size_t character_size(std::string_view text) const {
    auto lead = static_cast<uint8_t>(text[0]);
    std::string_view name = charset_;
    if (name == "gb18030" && lead >= 0x80) return text.size() > 1 && is_digit(text[1]) ? 4 : 2;
    if (lead < 0x80 || (name == "sjis" && lead >= 0xA0 && lead <= 0xDF)) return 1;
    return name == "ujis" && lead == 0x8F ? 3 : 2;
  }

  const CharsetException* exception(std::string_view character) const {
    if (character.size() < 2) return nullptr;
    auto code = static_cast<uint32_t>(load_be_bytes(character));
    const CharsetException* end = table_->exceptions + table_->count;
    const CharsetException* found =
        std::lower_bound(table_->exceptions, end, code,
                         [](const CharsetException& a, uint32_t b) { return a.code < b; });
    return found != end && found->code == code ? found : nullptr;
  }

  Status convert(std::string_view text, size_t from, size_t to, std::string* out) {
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    char* in = const_cast<char*>(text.data()) + from;
    size_t in_left = to - from;
    while (in_left != 0) {
      char buffer[512];
      char* at = buffer;
      size_t left = sizeof buffer;
      size_t outcome = iconv(handle_, &in, &in_left, &at, &left);
      out->append(buffer, sizeof buffer - left);
      if (outcome == static_cast<size_t>(-1) && errno != E2BIG) {
        return no_character(charset_, text, to - in_left);
      }
    }
    return Ok();
  }

  const char* charset_;
  iconv_t handle_;
  const ExceptionTable* table_ = nullptr;
};

struct IconvName {
  const char* charset;
  const char* name;
};
constexpr IconvName kIconvNames[] = {
    {"big5", "BIG5"},      {"cp932", "CP932"},     {"eucjpms", "EUC-JP-MS"},
    {"euckr", "UHC"},      {"gb18030", "GB18030"}, {"gb2312", "EUC-CN"},
    {"gbk", "GBK"},        {"sjis", "CP932"},      {"ucs2", "UCS-2BE"},
    {"ujis", "EUC-JP-MS"}, {"utf16", "UTF-16BE"},  {"utf16le", "UTF-16LE"},
    {"utf32", "UTF-32BE"},
};

struct CollationRange {
  uint32_t first;
  uint32_t last;
  const char* charset;
};
constexpr CollationRange kCollations[] = {
    {1, 1, "big5"},        {2, 2, "latin2"},      {3, 3, "dec8"},        {4, 4, "cp850"},
    {5, 5, "latin1"},      {6, 6, "hp8"},         {7, 7, "koi8r"},       {8, 8, "latin1"},
    {9, 9, "latin2"},      {10, 10, "swe7"},      {11, 11, "ascii"},     {12, 12, "ujis"},
    {13, 13, "sjis"},      {14, 14, "cp1251"},    {15, 15, "latin1"},    {16, 16, "hebrew"},
    {18, 18, "tis620"},    {19, 19, "euckr"},     {20, 20, "latin7"},    {21, 21, "latin2"},
    {22, 22, "koi8u"},     {23, 23, "cp1251"},    {24, 24, "gb2312"},    {25, 25, "greek"},
    {26, 26, "cp1250"},    {27, 27, "latin2"},    {28, 28, "gbk"},       {29, 29, "cp1257"},
    {30, 30, "latin5"},    {31, 31, "latin1"},    {32, 32, "armscii8"},  {33, 33, "utf8mb3"},
    {34, 34, "cp1250"},    {35, 35, "ucs2"},      {36, 36, "cp866"},     {37, 37, "keybcs2"},
    {38, 38, "macce"},     {39, 39, "macroman"},  {40, 40, "cp852"},     {41, 42, "latin7"},
    {43, 43, "macce"},     {44, 44, "cp1250"},    {45, 46, "utf8mb4"},   {47, 49, "latin1"},
    {50, 52, "cp1251"},    {53, 53, "macroman"},  {54, 55, "utf16"},     {56, 56, "utf16le"},
    {57, 57, "cp1256"},    {58, 59, "cp1257"},    {60, 61, "utf32"},     {62, 62, "utf16le"},
    {63, 63, "binary"},    {64, 64, "armscii8"},  {65, 65, "ascii"},     {66, 66, "cp1250"},
    {67, 67, "cp1256"},    {68, 68, "cp866"},     {69, 69, "dec8"},      {70, 70, "greek"},
    {71, 71, "hebrew"},    {72, 72, "hp8"},       {73, 73, "keybcs2"},   {74, 74, "koi8r"},
    {75, 75, "koi8u"},     {76, 76, "utf8mb3"},   {77, 77, "latin2"},    {78, 78, "latin5"},
    {79, 79, "latin7"},    {80, 80, "cp850"},     {81, 81, "cp852"},     {82, 82, "swe7"},
    {83, 83, "utf8mb3"},   {84, 84, "big5"},      {85, 85, "euckr"},     {86, 86, "gb2312"},
    {87, 87, "gbk"},       {88, 88, "sjis"},      {89, 89, "tis620"},    {90, 90, "ucs2"},
    {91, 91, "ujis"},      {92, 93, "geostd8"},   {94, 94, "latin1"},    {95, 96, "cp932"},
    {97, 98, "eucjpms"},   {99, 99, "cp1250"},    {101, 124, "utf16"},   {128, 159, "ucs2"},
    {160, 183, "utf32"},   {192, 223, "utf8mb3"}, {224, 247, "utf8mb4"}, {248, 250, "gb18030"},
    {255, 323, "utf8mb4"}, {576, 578, "utf8mb3"}, {608, 610, "utf8mb4"}, {640, 642, "ucs2"},
    {672, 674, "utf16"},   {736, 738, "utf32"},
};

// MariaDB's: those that do not pad with blanks are 1024 above the one that does, and the ones of
// Unicode 14 stand in blocks of 256.
constexpr uint32_t kNoPad = 1024;
constexpr uint32_t kUnicode14 = 2048;
constexpr uint32_t kUnicode14Block = 256;
constexpr const char* kUnicode14Charsets[] = {"utf8mb3", "utf8mb4", "ucs2", "utf16", "utf32"};

}  // namespace

const char* charset_of_collation(uint32_t collation) {
  if (collation >= kUnicode14) {
    uint32_t block = (collation - kUnicode14) / kUnicode14Block;
    return block < std::size(kUnicode14Charsets) ? kUnicode14Charsets[block] : nullptr;
  }
  if (collation >= kNoPad) collation -= kNoPad;
  for (const CollationRange& range : kCollations) {
    if (collation >= range.first && collation <= range.last) return range.charset;
  }
  return nullptr;
}

Result<std::unique_ptr<CharsetConverter>> CharsetConverter::create(std::string_view charset) {
  using Converter = std::unique_ptr<CharsetConverter>;
  if (charset == "utf8mb4" || charset == "utf8mb3" || charset == "utf8") {
    return Converter(std::make_unique<Utf8>());
  }
  for (size_t i = 0; i < kSingleByteTableCount; ++i) {
    const SingleByteTable& table = kSingleByteTables[i];
    if (charset == table.charset) return Converter(std::make_unique<SingleByte>(table));
  }
  for (const IconvName& known : kIconvNames) {
    if (charset != known.charset) continue;
    iconv_t handle = iconv_open("UTF-8", known.name);
    if (handle != reinterpret_cast<iconv_t>(-1)) {
      return Converter(std::make_unique<SeveralBytes>(known.charset, handle));
    }
    return Error::permanent(
        fmt::format("this system's C library cannot convert {} ({}): install "
                    "its character sets (Debian: libc-bin)",
                    charset, known.name));
  }
  return Error::permanent(fmt::format("the character set {} is not known", charset));
}

}  // namespace leat::cdc::mysql
