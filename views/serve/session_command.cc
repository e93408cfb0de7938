#include "views/serve/session_command.h"

#include <algorithm>
#include <array>

#include "views/serve/sql_lexer.h"

namespace leat::views::serve {
namespace {

using CommandResult = sql::SqlResult<SessionCommand>;

// Every token but the last few hundred bytes of a long SELECT is of no interest: a command is
// short.
constexpr size_t kTokensMax = 64;

std::vector<Token> tokens_of(std::string_view statement) {
  std::vector<Token> tokens;
  SqlLexer lexer(statement);
  while (tokens.size() < kTokensMax) {
    tokens.push_back(lexer.next());
    if (tokens.back().kind == TokenKind::end) break;
  }
  return tokens;
}

std::string upper(std::string_view word) {
  std::string out(word);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return out;
}

// Reads a command's tokens one by one.
class CommandParser {
 public:
  explicit CommandParser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  const Token& peek() const { return tokens_[at_]; }
  bool at_end() const { return peek().kind == TokenKind::end; }
  bool take(std::string_view word) {
    if (peek().kind != TokenKind::word || peek().text != word) return false;
    advance();
    return true;
  }
  bool take_symbol(char symbol) {
    if (peek().kind != TokenKind::symbol || peek().text[0] != symbol) return false;
    advance();
    return true;
  }
  Token take_any() {
    Token token = peek();
    advance();
    return token;
  }

  sql::SqlError syntax_error() const {
    std::string at = at_end() ? "at end of input" : "at or near \"" + peek().text + "\"";
    return {"syntax error " + at, "42601", "", static_cast<int>(peek().offset)};
  }

  CommandResult done(SessionCommand command) const {
    if (!at_end()) return syntax_error();
    return command;
  }

 private:
  void advance() {
    if (!at_end()) ++at_;
  }

  std::vector<Token> tokens_;
  size_t at_ = 0;
};

// [ISOLATION LEVEL x | READ ONLY | READ WRITE | [NOT] DEFERRABLE] [,] …
sql::SqlResult<std::optional<Isolation>> parse_modes(CommandParser* in) {
  std::optional<Isolation> isolation;
  while (!in->at_end()) {
    if (in->take("isolation")) {
      if (!in->take("level")) return in->syntax_error();
      if (in->take("serializable")) {
        isolation = Isolation::repeatable_read;
      } else if (in->take("repeatable")) {
        if (!in->take("read")) return in->syntax_error();
        isolation = Isolation::repeatable_read;
      } else {
        if (!in->take("read")) return in->syntax_error();
        if (!in->take("committed") && !in->take("uncommitted")) return in->syntax_error();
        isolation = Isolation::read_committed;
      }
    } else if (in->take("read")) {
      if (!in->take("only") && !in->take("write")) return in->syntax_error();
    } else {
      in->take("not");
      if (!in->take("deferrable")) return in->syntax_error();
    }
    in->take_symbol(',');
  }
  return isolation;
}

CommandResult parse_begin(CommandParser* in, std::string tag) {
  auto isolation = parse_modes(in);
  if (!isolation.ok()) return isolation.error();
  return SessionCommand(BeginCommand{std::move(tag), *isolation});
}

CommandResult parse_end(CommandParser* in, bool commit) {
  if (!in->take("work")) in->take("transaction");
  if (in->take("and")) {
    if (!in->take("no") || !in->take("chain")) {
      return sql::SqlError{"AND CHAIN is not supported", "0A000", "", -1};
    }
  }
  if (!commit && in->take("to")) {
    return sql::SqlError{"savepoints are not supported", "0A000",
                         "transactions here only read: nothing needs to be undone", -1};
  }
  return in->done(EndCommand{commit});
}

CommandResult parse_set_transaction(CommandParser* in, bool session) {
  auto isolation = parse_modes(in);
  if (!isolation.ok()) return isolation.error();
  // Only READ ONLY and the like: as it is anyway.
  if (!isolation->has_value()) return SessionCommand(SetCommand{"transaction_read_only", "on"});
  return SessionCommand(SetIsolationCommand{**isolation, session});
}

CommandResult parse_set(CommandParser* in) {
  bool session = in->take("session");
  if (session && in->take("characteristics")) {
    if (!in->take("as") || !in->take("transaction")) return in->syntax_error();
    return parse_set_transaction(in, true);
  }
  if (!session) in->take("local");
  if (in->take("transaction")) return parse_set_transaction(in, false);
  SetCommand set;
  if (in->take("time")) {
    if (!in->take("zone")) return in->syntax_error();
    set.name = "timezone";
  } else {
    if (in->peek().kind != TokenKind::word) return in->syntax_error();
    set.name = in->take_any().text;
    if (!in->take_symbol('=') && !in->take("to")) return in->syntax_error();
  }
  if (in->at_end()) return in->syntax_error();
  if (in->take("default")) return in->done(set);
  set.value.emplace();
  while (!in->at_end()) {
    Token token = in->take_any();
    if (token.text == ",") token.text = ", ";
    *set.value += token.text;
  }
  return SessionCommand(std::move(set));
}

CommandResult parse_show(CommandParser* in) {
  if (in->take("views")) return in->done(ShowViewsCommand{});
  if (in->take("cut")) return in->done(ShowCutCommand{});
  if (in->take("transaction")) {
    if (!in->take("isolation") || !in->take("level")) return in->syntax_error();
    return in->done(ShowCommand{"transaction_isolation"});
  }
  if (in->take("time")) {
    if (!in->take("zone")) return in->syntax_error();
    return in->done(ShowCommand{"timezone"});
  }
  if (in->at_end()) return in->syntax_error();
  return in->done(ShowCommand{in->take_any().text});
}

CommandResult parse_deallocate(CommandParser* in) {
  in->take("prepare");
  if (in->take("all")) return in->done(DeallocateCommand{});
  if (in->at_end()) return in->syntax_error();
  return in->done(DeallocateCommand{in->take_any().text});
}

constexpr std::array<std::string_view, 24> kWriteVerbs = {
    "insert",   "update",  "delete", "merge",  "copy",    "create",   "alter",    "drop",
    "truncate", "grant",   "revoke", "vacuum", "refresh", "lock",     "comment",  "reindex",
    "cluster",  "analyze", "call",   "do",     "import",  "reassign", "security", "notify"};

CommandResult parse_reset(CommandParser* in) {
  if (in->take("all")) return in->done(ResetAllCommand{});
  if (in->at_end()) return in->syntax_error();
  return in->done(SetCommand{in->take_any().text, std::nullopt});
}

CommandResult parse_start(CommandParser* in) {
  if (!in->take("transaction")) return in->syntax_error();
  return parse_begin(in, "START TRANSACTION");
}

CommandResult parse_discard(CommandParser* in) {
  // Plans, sequences and temporary tables do not exist here: only ALL has something to forget.
  if (in->take("plans") || in->take("sequences") || in->take("temp") || in->take("temporary")) {
    return in->done(SetCommand{"transaction_read_only", "on"});
  }
  if (!in->take("all")) return in->syntax_error();
  return in->done(DiscardAllCommand{});
}

}  // namespace

std::vector<std::string_view> split_statements(std::string_view text) {
  std::vector<std::string_view> out;
  SqlLexer lexer(text);
  size_t begin = 0;
  while (true) {
    Token token = lexer.next();
    bool end = token.kind == TokenKind::end;
    if (!end && !(token.kind == TokenKind::symbol && token.text == ";")) continue;
    out.push_back(text.substr(begin, token.offset - begin));
    if (end) return out;
    begin = token.offset + 1;
  }
}

CommandResult parse_session_command(std::string_view statement) {
  CommandParser in(tokens_of(statement));
  if (in.at_end()) return SessionCommand(EmptyCommand{});
  if (in.take("begin")) {
    if (!in.take("work")) in.take("transaction");
    return parse_begin(&in, "BEGIN");
  }
  if (in.take("start")) return parse_start(&in);
  if (in.take("commit") || in.take("end")) return parse_end(&in, true);
  if (in.take("rollback") || in.take("abort")) return parse_end(&in, false);
  if (in.take("set")) return parse_set(&in);
  if (in.take("reset")) return parse_reset(&in);
  if (in.take("show")) return parse_show(&in);
  if (in.take("discard")) return parse_discard(&in);
  if (in.take("deallocate")) return parse_deallocate(&in);
  const Token& first = in.peek();
  bool writes = first.kind == TokenKind::word &&
                std::find(kWriteVerbs.begin(), kWriteVerbs.end(), first.text) != kWriteVerbs.end();
  if (writes) return SessionCommand(WriteCommand{upper(first.text)});
  return SessionCommand(SelectCommand{});
}

}  // namespace leat::views::serve
