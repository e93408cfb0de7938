// The statements that a session answers itself: transactions, parameters, SHOW. Everything else is
// PostgreSQL's grammar and goes to views/sql.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "views/sql/sql.h"

namespace leat::views::serve {

enum class Isolation : unsigned char {
  read_committed,   // each statement reads the newest cut
  repeatable_read,  // the transaction reads one cut; SERIALIZABLE needs no more than that
};

struct BeginCommand {
  std::string tag;  // "BEGIN", "START TRANSACTION"
  std::optional<Isolation> isolation;
};
struct EndCommand {
  bool commit = true;
};
struct SetIsolationCommand {
  Isolation isolation = Isolation::read_committed;
  bool session = false;  // for later transactions, not for this one
};
struct SetCommand {
  std::string name;                  // lower case
  std::optional<std::string> value;  // none: DEFAULT, RESET
};
struct ResetAllCommand {};
struct ShowCommand {
  std::string name;  // lower case
};
struct ShowViewsCommand {};
struct ShowCutCommand {};
struct DiscardAllCommand {};
struct DeallocateCommand {
  std::optional<std::string> statement;  // none: ALL
};
struct SelectCommand {};
// A statement that changes something: VERB as PostgreSQL's error names it.
struct WriteCommand {
  std::string verb;
};
struct EmptyCommand {};

using SessionCommand =
    std::variant<BeginCommand, EndCommand, SetIsolationCommand, SetCommand, ResetAllCommand,
                 ShowCommand, ShowViewsCommand, ShowCutCommand, DiscardAllCommand,
                 DeallocateCommand, SelectCommand, WriteCommand, EmptyCommand>;

// The statements of a simple query: pieces of TEXT between semicolons, those inside strings, quoted
// names, dollar quotes and comments aside. The last piece may be empty.
std::vector<std::string_view> split_statements(std::string_view text);

// Of one statement.
sql::SqlResult<SessionCommand> parse_session_command(std::string_view statement);

}  // namespace leat::views::serve
