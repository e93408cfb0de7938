#include "cdc/mysql/table_definition.h"

#include <limits>

#include "cdc/mysql/sql_tokens.h"
#include "log/model/table_name.h"

namespace leat::cdc::mysql {
namespace {

// Reads what servers print, which is always of one form:
//
//   CONSTRAINT `name` FOREIGN KEY (…) REFERENCES `schema`.`table` (…) ON DELETE … ON UPDATE …
class ForeignKeys {
 public:
  ForeignKeys(std::string_view definition, std::string_view schema)
      : tokens_(sql_tokens(definition, std::numeric_limits<size_t>::max())), schema_(schema) {}

  std::vector<CascadeFacts> cascades() {
    std::vector<CascadeFacts> out;
    for (std::string before; at_ < tokens_.size(); before = take_any()) {
      if (!take("FOREIGN") || !take("KEY")) continue;
      CascadeFacts key = read_key();
      key.constraint = before;
      if (!key.rules.empty()) out.push_back(std::move(key));
    }
    return out;
  }

 private:
  bool is_symbol(char c) const { return at_ < tokens_.size() && tokens_[at_].is_symbol(c); }

  bool take(std::string_view word) {
    if (at_ == tokens_.size() || !tokens_[at_].is_word(word)) return false;
    ++at_;
    return true;
  }

  std::string take_any() {
    if (at_ == tokens_.size()) return "";
    const Token& token = tokens_[at_++];
    return token.may_be_name() ? token.as_name() : "";
  }

  std::string take_name() {
    bool is_name = at_ < tokens_.size() && tokens_[at_].may_be_name();
    return is_name ? take_any() : "";
  }

  void take_columns() {
    while (at_ < tokens_.size() && !tokens_[at_].is_symbol(')')) ++at_;
    if (at_ < tokens_.size()) ++at_;
  }

  CascadeFacts read_key() {
    CascadeFacts out;
    take_columns();
    if (take("REFERENCES")) {
      out.parent = read_parent();
      out.rules = read_rules();
    } else {
      out.rules = "in a form that is not known";
    }
    return out;
  }

  std::string read_parent() {
    std::string schema = schema_;
    std::string table = take_name();
    if (is_symbol('.')) {
      ++at_;
      schema = std::move(table);
      table = take_name();
    }
    take_columns();
    return full_table_name(schema, table);
  }

  // What leaves the child's rows alone needs no name here.
  std::string read_rules() {
    std::string out;
    while (take("ON")) {
      std::string rule = "ON " + take_name();
      bool is_harmless = take("RESTRICT") || (take("NO") && take("ACTION"));
      if (is_harmless) continue;
      std::string what = take_name();
      rule += " " + what;
      if (what == "SET") rule += " " + take_name();
      out += (out.empty() ? "" : ", ") + rule;
    }
    return out;
  }

  const std::vector<Token> tokens_;
  const std::string schema_;
  size_t at_ = 0;
};

}  // namespace

std::vector<CascadeFacts> cascades_in(std::string_view definition, std::string_view schema) {
  return ForeignKeys(definition, schema).cascades();
}

}  // namespace leat::cdc::mysql
