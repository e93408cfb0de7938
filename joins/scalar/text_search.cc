// LIKE and looking for one text in another (like.c, like_match.c, varlena.c).
#include "joins/scalar/catalog.h"
#include "joins/scalar/find_text.h"
#include "joins/scalar/letter_case.h"
#include "log/model/utf8.h"

namespace leat::joins {

namespace {

using Arguments = std::span<const Datum>;
constexpr TypeId kText = TypeId::text;
constexpr TypeId kBool = TypeId::boolean;

enum class Match : uint8_t { no, yes, bad_pattern, too_long };

// A second or two. Within a row nobody can end a statement.
constexpr uint64_t kMatchStepsMax = 500'000'000;

// One left-to-right pass. What a % skipped is widened by one character after each mismatch; only
// the last % need be remembered, so the work is at most pattern times text.
template <bool by_character>
class Matcher {
 public:
  Matcher(std::string_view text, std::string_view pattern) : text_(text), pattern_(pattern) {}

  Match run() {
    for (uint64_t steps = 0; text_at_ < text_.size(); ++steps) {
      if (steps == kMatchStepsMax) return Match::too_long;
      Match step = one_step();
      if (step == Match::bad_pattern) return step;
      if (step == Match::no && !widen()) return Match::no;
    }
    while (pattern_at_ < pattern_.size() && pattern_[pattern_at_] == '%') ++pattern_at_;
    return pattern_at_ == pattern_.size() ? Match::yes : Match::no;
  }

 private:
  Match one_step() {
    if (pattern_at_ == pattern_.size()) return Match::no;
    char c = pattern_[pattern_at_];
    if (c == '%') {
      resume_pattern_ = ++pattern_at_;
      resume_text_ = text_at_;
      has_resume_ = true;
      return Match::yes;
    }
    if (c == '_') {
      ++pattern_at_;
      text_at_ += character_size(text_at_);
      return Match::yes;
    }
    size_t literal = pattern_at_;
    if (c == '\\' && ++literal == pattern_.size()) return Match::bad_pattern;
    if (text_[text_at_] != pattern_[literal]) return Match::no;
    pattern_at_ = literal + 1;
    ++text_at_;
    return Match::yes;
  }

  bool widen() {
    if (!has_resume_) return false;
    resume_text_ += character_size(resume_text_);
    text_at_ = resume_text_;
    pattern_at_ = resume_pattern_;
    return true;
  }

  size_t character_size(size_t at) const {
    size_t size = by_character ? utf8_sequence_size(text_[at]) : 1;
    return std::min(size, text_.size() - at);
  }

  std::string_view text_;
  std::string_view pattern_;
  size_t text_at_ = 0;
  size_t pattern_at_ = 0;
  size_t resume_text_ = 0;
  size_t resume_pattern_ = 0;
  bool has_resume_ = false;
};

template <bool by_character>
ScalarResult matches(std::string_view text, std::string_view pattern, bool wanted) {
  Match match = Matcher<by_character>(text, pattern).run();
  if (match == Match::bad_pattern) {
    return fail("LIKE pattern must not end with escape character", "22025");
  }
  if (match == Match::too_long) {
    return fail("LIKE takes too long (Leat's limit for one row is 500 million steps)", "54000");
  }
  return Datum::of_bool((match == Match::yes) == wanted);
}

template <bool wanted, bool by_character = true>
ScalarResult like(Arguments in, Arena&) {
  return matches<by_character>(in[0].bytes(), in[1].bytes(), wanted);
}

template <bool wanted>
ScalarResult like_ignoring_case(Arguments in, Arena&) {
  return matches<true>(lower_case(in[0].bytes()), lower_case(in[1].bytes()), wanted);
}

// like_escape(pattern, escape): the same pattern with a backslash for the escape character.
ScalarResult like_escape(Arguments in, Arena& arena) {
  std::string_view pattern = in[0].bytes(), escape = in[1].bytes();
  if (utf8_length(escape) > 1) return fail("invalid escape string", "22025");
  std::string out;
  while (!pattern.empty()) {
    if (!escape.empty() && pattern.substr(0, escape.size()) == escape && escape != "\\") {
      out.push_back('\\');
      pattern.remove_prefix(escape.size());
    } else if (pattern.front() == '\\' && escape != "\\") {
      out.append("\\\\");
      pattern.remove_prefix(1);
      continue;
    } else if (pattern.front() == '\\') {
      out.push_back('\\');
      pattern.remove_prefix(1);
    }
    size_t size = pattern.empty() ? 0 : std::min(utf8_sequence_size(pattern[0]), pattern.size());
    out.append(pattern.substr(0, size));
    pattern.remove_prefix(size);
  }
  return text_of(out, arena);
}

ScalarResult position(Arguments in, Arena&) {
  std::string_view text = in[0].bytes();
  size_t at = find_text(text, in[1].bytes());
  if (at == std::string_view::npos) return Datum::of_int(0);
  return Datum::of_int(static_cast<int64_t>(utf8_length(text.substr(0, at))) + 1);
}

ScalarResult byte_position(Arguments in, Arena&) {
  size_t at = find_text(in[0].bytes(), in[1].bytes());
  return Datum::of_int(at == std::string_view::npos ? 0 : static_cast<int64_t>(at) + 1);
}

ScalarResult starts_with(Arguments in, Arena&) {
  std::string_view prefix = in[1].bytes();
  return Datum::of_bool(in[0].bytes().substr(0, prefix.size()) == prefix);
}

}  // namespace

void add_text_search(Catalog& operators, Catalog& functions) {
  for (TypeId type : {kText, TypeId::bpchar}) {
    operators.add("~~", {type, kText}, kBool, like<true>);
    operators.add("!~~", {type, kText}, kBool, like<false>);
    operators.add("~~*", {type, kText}, kBool, like_ignoring_case<true>);
    operators.add("!~~*", {type, kText}, kBool, like_ignoring_case<false>);
    for (const char* name : {"~", "!~", "~*", "!~*"}) {
      operators.add(name, {type, kText}, kBool, nullptr);
    }
  }
  constexpr TypeId kBytea = TypeId::bytea;
  operators.add("~~", {kBytea, kBytea}, kBool, like<true, false>);
  operators.add("!~~", {kBytea, kBytea}, kBool, like<false, false>);
  functions.add("like_escape", {kText, kText}, kText, like_escape);
  functions.add("like_escape", {kBytea, kBytea}, kBytea, nullptr);
  for (const char* name : {"position", "strpos"}) {
    functions.add(name, {kText, kText}, TypeId::int32, position);
  }
  functions.add("position", {kBytea, kBytea}, TypeId::int32, byte_position);
  functions.add("starts_with", {kText, kText}, kBool, starts_with);
  operators.add("^@", {kText, kText}, kBool, starts_with);
}

}  // namespace leat::joins
