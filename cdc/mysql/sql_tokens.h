// SQL text as words: no more of the grammar than telling names, strings and comments apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace leat::cdc::mysql {

enum class TokenKind : uint8_t {
  word,    // a keyword, a name without quotes, or a number
  name,    // in backquotes or double quotes, without them
  string,  // in single quotes, without them
  symbol,  // one character
};

struct Token {
  TokenKind kind;
  std::string text;  // a word in upper case
  std::string bare;  // a word as it was written

  bool is_word(std::string_view upper) const { return kind == TokenKind::word && text == upper; }
  bool is_symbol(char c) const { return kind == TokenKind::symbol && text[0] == c; }
  bool may_be_name() const { return kind == TokenKind::word || kind == TokenKind::name; }
  const std::string& as_name() const { return kind == TokenKind::word ? bare : text; }
};

// Comments are left out, but not what stands in those that a server executes (/*! … */, /*M! … */).
// At most TOKENS_MAX tokens.
std::vector<Token> sql_tokens(std::string_view text, size_t tokens_max);

}  // namespace leat::cdc::mysql
