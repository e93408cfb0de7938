#include "cdc/mysql/sql_tokens.h"

#include <algorithm>

namespace leat::cdc::mysql {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_word_char(char c) {
  bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || is_digit(c) || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool next(Token* out) {
    skip_blank();
    if (rest_.empty()) return false;
    char c = rest_[0];
    if (c == '\'' || c == '"' || c == '`') return take_quoted(c, out);
    if (is_word_char(c)) return take_word(out);
    *out = {TokenKind::symbol, std::string(take(1)), {}};
    return true;
  }

 private:
  std::string_view take(size_t size) {
    std::string_view out = rest_.substr(0, size);
    rest_.remove_prefix(out.size());
    return out;
  }

  void skip_to(std::string_view end) {
    size_t at = rest_.find(end);
    take(at == std::string_view::npos ? rest_.size() : at + end.size());
  }

  // The opening of a comment that is executed, with the version that it is for.
  bool skip_executed_opening() {
    size_t mark = rest_.starts_with("/*!") ? 3 : rest_.starts_with("/*M!") ? 4 : 0;
    take(mark);
    while (mark != 0 && !rest_.empty() && is_digit(rest_[0])) take(1);
    return mark != 0;
  }

  bool skip_comment() {
    if (skip_executed_opening()) return true;
    bool dashes = rest_.starts_with("--") && (rest_.size() == 2 || is_blank(rest_[2]));
    if (rest_.starts_with("/*")) {
      take(2);
      skip_to("*/");
    } else if (rest_.starts_with("*/")) {  // of an executed one
      take(2);
    } else if (dashes || rest_.starts_with("#")) {
      skip_to("\n");
    } else {
      return false;
    }
    return true;
  }

  void skip_blank() {
    do {
      while (!rest_.empty() && is_blank(rest_[0])) take(1);
    } while (skip_comment());
  }

  // A quote is doubled inside; in strings a backslash stands before what is meant as it is.
  bool take_quoted(char quote, Token* out) {
    *out = {quote == '\'' ? TokenKind::string : TokenKind::name, {}, {}};
    take(1);
    while (!rest_.empty()) {
      char c = take(1)[0];
      if (c == '\\' && quote != '`' && !rest_.empty()) {
        c = take(1)[0];
      } else if (c == quote) {
        if (!rest_.starts_with(std::string_view(&quote, 1))) break;
        take(1);
      }
      out->text += c;
    }
    return true;
  }

  bool take_word(Token* out) {
    size_t size = 0;
    while (size < rest_.size() && is_word_char(rest_[size])) ++size;
    *out = {TokenKind::word, {}, std::string(take(size))};
    for (char c : out->bare) out->text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::vector<Token> sql_tokens(std::string_view text, size_t tokens_max) {
  std::vector<Token> out;
  Scanner scanner(text);
  for (Token token; out.size() < tokens_max && scanner.next(&token);) {
    out.push_back(std::move(token));
  }
  return out;
}

}  // namespace leat::cdc::mysql
