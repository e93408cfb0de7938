#include "views/serve/sql_lexer.h"

namespace leat::views::serve {
namespace {

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool starts_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool in_word(char c) {
  return starts_word(c) || is_digit(c) || c == '$';
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

}  // namespace

Token SqlLexer::next() {
  skip_blanks_and_comments();
  if (at_ >= text_.size()) return {TokenKind::end, text_.size(), {}};
  char c = text_[at_];
  if ((c == 'e' || c == 'E') && at(at_ + 1) == '\'') {
    ++at_;
    return quoted('\'', true);
  }
  if (c == '\'' || c == '"') return quoted(c, false);
  if (starts_word(c)) return word();
  if (is_digit(c)) return number();
  Token token;
  if (c == '$' && dollar_quoted(&token)) return token;
  return {TokenKind::symbol, at_, std::string(1, text_[at_++])};
}

void SqlLexer::skip_blanks_and_comments() {
  while (at_ < text_.size()) {
    if (is_blank(text_[at_])) {
      ++at_;
    } else if (at(at_) == '-' && at(at_ + 1) == '-') {
      while (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
    } else if (at(at_) == '/' && at(at_ + 1) == '*') {
      skip_block_comment();
    } else {
      return;
    }
  }
}

// They nest.
void SqlLexer::skip_block_comment() {
  int depth = 0;
  do {
    if (at(at_) == '/' && at(at_ + 1) == '*') {
      ++depth;
      at_ += 2;
    } else if (at(at_) == '*' && at(at_ + 1) == '/') {
      --depth;
      at_ += 2;
    } else {
      ++at_;
    }
  } while (depth > 0 && at_ < text_.size());
}

Token SqlLexer::word() {
  Token token{TokenKind::word, at_, {}};
  while (at_ < text_.size() && in_word(text_[at_])) token.text.push_back(lower(text_[at_++]));
  return token;
}

Token SqlLexer::number() {
  Token token{TokenKind::number, at_, {}};
  while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) {
    token.text.push_back(text_[at_++]);
  }
  return token;
}

Token SqlLexer::quoted(char quote, bool backslashes) {
  Token token{quote == '"' ? TokenKind::quoted_name : TokenKind::string, at_, {}};
  ++at_;
  while (at_ < text_.size()) {
    char c = text_[at_++];
    if (c == quote) {
      if (at(at_) != quote) return token;
      ++at_;
    } else if (c == '\\' && backslashes && at_ < text_.size()) {
      c = text_[at_++];
    }
    token.text.push_back(c);
  }
  return token;
}

// $tag$ … $tag$. A '$' that begins no such quote ($1) is a symbol.
bool SqlLexer::dollar_quoted(Token* token) {
  size_t end = at_ + 1;
  if (is_digit(at(end))) return false;
  while (in_word(at(end)) && at(end) != '$') ++end;
  if (at(end) != '$') return false;
  std::string_view tag = text_.substr(at_, end + 1 - at_);
  size_t body = end + 1;
  size_t close = text_.find(tag, body);
  if (close == text_.npos) close = text_.size();
  *token = {TokenKind::string, at_, std::string(text_.substr(body, close - body))};
  at_ = close + tag.size() < text_.size() ? close + tag.size() : text_.size();
  return true;
}

}  // namespace leat::views::serve
