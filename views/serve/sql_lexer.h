// Just enough of SQL's lexical structure to find where a statement ends and to read SET and SHOW.
// https://www.postgresql.org/docs/15/sql-syntax-lexical.html
#pragma once

#include <string>
#include <string_view>

namespace leat::views::serve {

enum class TokenKind : unsigned char { word, quoted_name, string, number, symbol, end };

struct Token {
  TokenKind kind = TokenKind::end;
  size_t offset = 0;
  // A word in lower case; a quoted name or string without its quotes; a symbol is one byte.
  std::string text;
};

// What is not closed (a string, a comment) ends with the text: the parser proper complains of it.
class SqlLexer {
 public:
  explicit SqlLexer(std::string_view text) : text_(text) {}
  Token next();

 private:
  char at(size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  void skip_blanks_and_comments();
  void skip_block_comment();
  Token word();
  Token number();
  Token quoted(char quote, bool backslashes);
  bool dollar_quoted(Token* token);

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace leat::views::serve
