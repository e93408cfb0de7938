// Text in characters, as PostgreSQL counts them in a UTF-8 database (varlena.c, oracle_compat.c).
#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "joins/scalar/catalog.h"
#include "joins/scalar/find_text.h"
#include "joins/scalar/letter_case.h"
#include "log/model/utf8.h"

namespace leat::joins {

namespace {

using Arguments = std::span<const Datum>;
constexpr TypeId kText = TypeId::text;
constexpr TypeId kInt = TypeId::int32;

Datum int_of(size_t value) {
  return Datum::of_int(static_cast<int64_t>(value));
}

// The byte at which character INDEX (from 0) begins; the end where there are fewer.
size_t byte_of_character(std::string_view text, int64_t index) {
  size_t at = 0;
  for (; index > 0 && at < text.size(); --index) at += utf8_sequence_size(text[at]);
  return std::min(at, text.size());
}

std::string_view characters(std::string_view text, int64_t first, int64_t count) {
  size_t begin = byte_of_character(text, first);
  std::string_view rest = text.substr(begin);
  return rest.substr(0, byte_of_character(rest, count));
}

// Texts are walked through character by character: a list of them would take 16 times the text.
std::string_view first_character(std::string_view text) {
  return text.substr(0, utf8_sequence_size(text.front()));
}
std::string_view last_character(std::string_view text) {
  constexpr unsigned kContinuationMask = 0xC0, kContinuation = 0x80;
  size_t at = text.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & kContinuationMask) == kContinuation) {
    --at;
  }
  return text.substr(at);
}

std::string_view without_trailing_blanks(std::string_view text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

template <std::string (*F)(std::string_view)>
ScalarResult map_text(Arguments in, Arena& arena) {
  return text_of(F(in[0].bytes()), arena);
}

ScalarResult length(Arguments in, Arena&) {
  return int_of(utf8_length(in[0].bytes()));
}
ScalarResult octet_length(Arguments in, Arena&) {
  return int_of(in[0].bytes().size());
}
ScalarResult bpchar_length(Arguments in, Arena&) {
  return int_of(utf8_length(without_trailing_blanks(in[0].bytes())));
}

ScalarResult concatenate(Arguments in, Arena& arena) {
  std::string_view a = in[0].bytes(), b = in[1].bytes();
  if (a.size() + b.size() > kTextBytesMax) return text_too_long();
  char* to = arena.allocate(a.size() + b.size());
  std::copy(b.begin(), b.end(), std::copy(a.begin(), a.end(), to));
  return Datum::of_bytes({to, a.size() + b.size()});
}

// --- Parts ------------------------------------------------------------------------------------

// The range [START, START + COUNT) counted from 1, cut to what lies in the text.
template <class Cut>
ScalarResult cut_range(int64_t start, int64_t count, Cut&& cut) {
  if (count < 0) return fail("negative substring length not allowed", "22011");
  int64_t end = std::max<int64_t>(start + count, 1);
  start = std::max<int64_t>(start, 1);
  return cut(start - 1, std::max<int64_t>(end - start, 0));
}

constexpr int64_t kToEnd = std::numeric_limits<int32_t>::max();

ScalarResult substring_text(std::string_view text, int64_t start, int64_t count) {
  return cut_range(start, count, [text](int64_t first, int64_t size) {
    return Datum::of_bytes(characters(text, first, size));
  });
}
ScalarResult substring_bytes(std::string_view bytes, int64_t start, int64_t count) {
  return cut_range(start, count, [bytes](int64_t first, int64_t size) {
    auto begin = std::min(static_cast<size_t>(first), bytes.size());
    return Datum::of_bytes(bytes.substr(begin, static_cast<size_t>(size)));
  });
}

ScalarResult substring(Arguments in, Arena&) {
  return substring_text(in[0].bytes(), in[1].integer(), in[2].integer());
}
ScalarResult substring_to_end(Arguments in, Arena&) {
  return substring_text(in[0].bytes(), std::max<int64_t>(in[1].integer(), 1), kToEnd);
}
ScalarResult bytea_substring(Arguments in, Arena&) {
  return substring_bytes(in[0].bytes(), in[1].integer(), in[2].integer());
}
ScalarResult bytea_substring_to_end(Arguments in, Arena&) {
  return substring_bytes(in[0].bytes(), std::max<int64_t>(in[1].integer(), 1), kToEnd);
}

// A negative count leaves that many off the other end.
int64_t kept_characters(std::string_view text, int64_t count) {
  auto size = static_cast<int64_t>(utf8_length(text));
  return count >= 0 ? std::min(count, size) : std::max<int64_t>(size + count, 0);
}

ScalarResult left(Arguments in, Arena&) {
  std::string_view text = in[0].bytes();
  return Datum::of_bytes(characters(text, 0, kept_characters(text, in[1].integer())));
}

ScalarResult right(Arguments in, Arena&) {
  std::string_view text = in[0].bytes();
  auto size = static_cast<int64_t>(utf8_length(text));
  int64_t kept = kept_characters(text, in[1].integer());
  return Datum::of_bytes(characters(text, size - kept, kept));
}

// Field INDEX (from 0) of TEXT; nothing where there are fewer. COUNT becomes how many there are, as
// far as they were looked at.
std::string_view field_at(std::string_view text, std::string_view separator, int64_t index,
                          int64_t* count) {
  *count = text.empty() ? 0 : 1;
  while (!separator.empty() && !text.empty()) {
    size_t at = find_text(text, separator);
    if (at == std::string_view::npos) break;
    if (*count > index) return text.substr(0, at);
    text.remove_prefix(at + separator.size());
    ++*count;
  }
  return *count > index ? text : std::string_view();
}

ScalarResult split_part(Arguments in, Arena&) {
  std::string_view text = in[0].bytes(), separator = in[1].bytes();
  int64_t index = in[2].integer() - 1;
  if (index == -1) return fail("field position must not be zero", kInvalidParameter);
  int64_t count = 0;
  if (index < 0) {
    field_at(text, separator, std::numeric_limits<int64_t>::max(), &count);
    index += count + 1;
  }
  if (index < 0) return Datum::of_bytes({});
  return Datum::of_bytes(field_at(text, separator, index, &count));
}

// --- Trimming ------------------------------------------------------------------------------------

template <bool at_left, bool at_right>
Datum trim_characters(std::string_view text, std::string_view set) {
  std::set<std::string_view> trimmed;
  for (; !set.empty(); set.remove_prefix(first_character(set).size())) {
    trimmed.insert(first_character(set));
  }
  while (at_left && !text.empty() && trimmed.count(first_character(text)) > 0) {
    text.remove_prefix(first_character(text).size());
  }
  while (at_right && !text.empty() && trimmed.count(last_character(text)) > 0) {
    text.remove_suffix(last_character(text).size());
  }
  return Datum::of_bytes(text);
}

template <bool at_left, bool at_right>
ScalarResult trim(Arguments in, Arena&) {
  return trim_characters<at_left, at_right>(in[0].bytes(), in.size() > 1 ? in[1].bytes() : " ");
}

template <bool at_left, bool at_right>
ScalarResult trim_bytes(Arguments in, Arena&) {
  std::string_view bytes = in[0].bytes();
  std::array<bool, 256> set{};
  for (char c : in[1].bytes()) set[static_cast<unsigned char>(c)] = true;
  auto trimmed = [&set](char c) { return set[static_cast<unsigned char>(c)]; };
  while (at_left && !bytes.empty() && trimmed(bytes.front())) bytes.remove_prefix(1);
  while (at_right && !bytes.empty() && trimmed(bytes.back())) bytes.remove_suffix(1);
  return Datum::of_bytes(bytes);
}

// --- Building ------------------------------------------------------------------------------------

ScalarResult repeat(Arguments in, Arena& arena) {
  std::string_view text = in[0].bytes();
  auto count = static_cast<size_t>(std::max<int64_t>(in[1].integer(), 0));
  if (!text.empty() && count > kTextBytesMax / text.size()) return text_too_long();
  char* start = arena.allocate(text.size() * count);
  char* to = start;
  for (size_t i = 0; i < count; ++i) to = std::copy(text.begin(), text.end(), to);
  return Datum::of_bytes({start, text.size() * count});
}

ScalarResult reverse(Arguments in, Arena& arena) {
  std::string_view text = in[0].bytes();
  char* start = arena.allocate(text.size());
  char* to = start + text.size();
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view character = first_character(rest);
    to -= character.size();
    std::copy(character.begin(), character.end(), to);
    rest.remove_prefix(character.size());
  }
  return Datum::of_bytes({start, text.size()});
}

ScalarResult replace(Arguments in, Arena& arena) {
  std::string_view text = in[0].bytes(), from = in[1].bytes(), to = in[2].bytes();
  size_t at = from.empty() ? std::string_view::npos : find_text(text, from);
  if (at == std::string_view::npos) return in[0];
  std::string out;
  for (; at != std::string_view::npos; at = find_text(text, from)) {
    out.append(text.substr(0, at)).append(to);
    if (out.size() > kTextBytesMax) return text_too_long();
    text.remove_prefix(at + from.size());
  }
  out.append(text);
  return text_of(out, arena);
}

// PADDING characters of FILL, over and over.
std::string fill_characters(std::string_view fill, int64_t padding) {
  std::string out;
  std::string_view rest;
  for (int64_t i = 0; i < padding; ++i) {
    if (rest.empty()) rest = fill;
    std::string_view character = first_character(rest);
    out += character;
    rest.remove_prefix(character.size());
  }
  return out;
}

template <bool at_left>
ScalarResult pad(Arguments in, Arena& arena) {
  std::string_view text = in[0].bytes();
  std::string_view fill = in.size() > 2 ? in[2].bytes() : " ";
  int64_t wanted = std::max<int64_t>(in[1].integer(), 0);
  if (static_cast<size_t>(wanted) > kTextBytesMax / 4) return text_too_long();
  int64_t padding = wanted - static_cast<int64_t>(utf8_length(text));
  if (padding <= 0) return Datum::of_bytes(characters(text, 0, wanted));
  if (fill.empty()) return in[0];
  std::string out = fill_characters(fill, padding);
  out.insert(at_left ? out.size() : 0, text);
  return text_of(out, arena);
}

void add_case(Catalog& functions) {
  functions.add("lower", {kText}, kText, map_text<lower_case>);
  functions.add("upper", {kText}, kText, map_text<upper_case>);
  functions.add("initcap", {kText}, kText, map_text<initial_case>);
}

void add_lengths(Catalog& functions) {
  for (const char* name : {"length", "char_length", "character_length"}) {
    functions.add(name, {kText}, kInt, length);
    functions.add(name, {TypeId::bpchar}, kInt, bpchar_length);
  }
  functions.add("length", {TypeId::bytea}, kInt, octet_length);
  for (TypeId type : {kText, TypeId::bpchar, TypeId::bytea}) {
    functions.add("octet_length", {type}, kInt, octet_length);
  }
}

void add_parts(Catalog& functions) {
  constexpr TypeId kBytea = TypeId::bytea;
  for (const char* name : {"substring", "substr"}) {
    functions.add(name, {kText, kInt, kInt}, kText, substring);
    functions.add(name, {kText, kInt}, kText, substring_to_end);
    functions.add(name, {kBytea, kInt, kInt}, kBytea, bytea_substring);
    functions.add(name, {kBytea, kInt}, kBytea, bytea_substring_to_end);
  }
  functions.add("substring", {kText, kText}, kText, nullptr);  // regular expressions
  functions.add("substring", {kText, kText, kText}, kText, nullptr);
  functions.add("left", {kText, kInt}, kText, left);
  functions.add("right", {kText, kInt}, kText, right);
  functions.add("split_part", {kText, kText, kInt}, kText, split_part);
}

template <bool at_left, bool at_right>
void add_trim(Catalog& functions, std::string_view name) {
  functions.add(name, {kText}, kText, trim<at_left, at_right>);
  functions.add(name, {kText, kText}, kText, trim<at_left, at_right>);
  functions.add(name, {TypeId::bytea, TypeId::bytea}, TypeId::bytea, trim_bytes<at_left, at_right>);
}

void add_building(Catalog& functions) {
  functions.add("repeat", {kText, kInt}, kText, repeat);
  functions.add("reverse", {kText}, kText, reverse);
  functions.add("replace", {kText, kText, kText}, kText, replace);
  functions.add("lpad", {kText, kInt}, kText, pad<true>);
  functions.add("lpad", {kText, kInt, kText}, kText, pad<true>);
  functions.add("rpad", {kText, kInt}, kText, pad<false>);
  functions.add("rpad", {kText, kInt, kText}, kText, pad<false>);
}

}  // namespace

void add_text_functions(Catalog& operators, Catalog& functions) {
  operators.add("||", {kText, kText}, kText, concatenate);
  operators.add("||", {kAnyType, kText}, kText, concatenate);
  operators.add("||", {kText, kAnyType}, kText, concatenate);
  operators.add("||", {TypeId::bytea, TypeId::bytea}, TypeId::bytea, concatenate);
  operators.add("||", {TypeId::jsonb, TypeId::jsonb}, TypeId::jsonb, nullptr);
  add_case(functions);
  add_lengths(functions);
  add_parts(functions);
  add_trim<true, true>(functions, "btrim");
  add_trim<true, false>(functions, "ltrim");
  add_trim<false, true>(functions, "rtrim");
  add_building(functions);
}

}  // namespace leat::joins
