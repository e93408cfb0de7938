#include "cdc/mysql/statement.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <initializer_list>

#include "cdc/mysql/sql_tokens.h"
#include "log/model/table_name.h"

namespace leat::cdc::mysql {
namespace {

// Above it a statement is cut: only an INSERT is that long, and its table stands in front.
constexpr size_t kTokensMax = 100'000;

std::string hex_of(std::string_view bytes) {
  std::string out;
  for (char c : bytes) out += fmt::format("{:02x}", static_cast<uint8_t>(c));
  return out;
}

bool is_one_of(const Token& token, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](const char* word) { return token.is_word(word); });
}

// Reads a statement's tokens from the front to the back.
class Reading {
 public:
  Reading(std::string_view text, std::string_view default_schema)
      : schema_(default_schema),
        tokens_(sql_tokens(text, kTokensMax)),
        has_backslash_(text.find('\\') != std::string_view::npos) {}

  Statement read() {
    read_kind();
    return std::move(out_);
  }
  std::vector<std::string> names() {
    take_names_from(0);
    return std::move(out_.tables);
  }

 private:
  const Token& at(size_t i) const {
    static const Token kNone{TokenKind::symbol, ";", {}};
    return i < tokens_.size() ? tokens_[i] : kNone;
  }

  void read_kind() {
    const Token& first = at(0);
    if (is_one_of(first, {"BEGIN", "START"})) {
      out_.kind = StatementKind::begin;
    } else if (first.is_word("COMMIT")) {
      out_.kind = StatementKind::commit;
    } else if (first.is_word("ROLLBACK")) {
      read_rollback();
    } else if (first.is_word("SAVEPOINT")) {
      out_.kind = StatementKind::savepoint;
      out_.id = lower_case(at(1).as_name());
    } else if (first.is_word("XA")) {
      read_xa();
    } else {
      read_other();
    }
  }

  void read_rollback() {
    out_.kind = StatementKind::rollback;
    size_t i = at(1).is_word("WORK") ? 2 : 1;
    if (!at(i).is_word("TO")) return;
    out_.kind = StatementKind::rollback_to;
    ++i;
    if (at(i).is_word("SAVEPOINT") && i + 1 < tokens_.size()) ++i;
    out_.id = lower_case(at(i).as_name());
  }

  // The servers write the id in one form: X'…',X'…',1.
  void read_xa() {
    const Token& verb = at(1);
    if (is_one_of(verb, {"START", "BEGIN"})) out_.kind = StatementKind::xa_start;
    if (verb.is_word("COMMIT")) out_.kind = StatementKind::xa_commit;
    if (verb.is_word("ROLLBACK")) out_.kind = StatementKind::xa_rollback;
    out_.id = read_xa_id(2);
  }

  std::string read_xa_id(size_t i) const {
    std::string parts[2];
    std::string format = "1";
    for (size_t part = 0; i < tokens_.size(); ++i) {
      if (at(i).is_symbol(',')) ++part;
      if (part > 2) break;
      if (at(i).kind == TokenKind::string && part < 2) {
        bool is_hex = at(i - 1).is_word("X");
        parts[part] = is_hex ? lower_case(at(i).text) : hex_of(at(i).text);
      } else if (part == 2 && at(i).kind == TokenKind::word) {
        format = at(i).text;
      }
    }
    return parts[0] + "," + parts[1] + "," + format;
  }

  void read_other() {
    const Token& first = at(0);
    if (first.is_word("TRUNCATE")) {
      out_.kind = StatementKind::truncate;
      take_name(at(1).is_word("TABLE") && at(2).may_be_name() ? 2 : 1);
    } else if (is_one_of(first, {"INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "CALL", "WITH",
                                 "SELECT", "DO"})) {
      out_.kind = StatementKind::changes_rows;
      take_all_names();
    } else if (is_one_of(first, {"CREATE", "ALTER", "DROP"})) {
      read_definition();
    } else if (!is_harmless()) {
      out_.kind = StatementKind::alters_tables;
      take_all_names();
    }
  }

  // SET STATEMENT … FOR … is MariaDB's way to run any other.
  bool is_harmless() const {
    if (tokens_.empty()) return true;  // a comment
    if (at(0).is_word("SET")) return !at(1).is_word("STATEMENT");
    if (is_one_of(at(0), {"ANALYZE", "OPTIMIZE", "CHECK"})) return is_maintenance();
    return is_one_of(at(0), {"GRANT", "REVOKE", "FLUSH", "RELEASE", "INSTALL", "UNINSTALL"});
  }

  // ANALYZE TABLE …; MariaDB's ANALYZE UPDATE … updates.
  bool is_maintenance() const {
    size_t i = is_one_of(at(1), {"LOCAL", "NO_WRITE_TO_BINLOG"}) ? 2 : 1;
    return is_one_of(at(i), {"TABLE", "TABLES"});
  }

  // CREATE, ALTER, DROP: the kind of thing is the first word that names one.
  void read_definition() {
    for (size_t i = 1; i < tokens_.size(); ++i) {
      const Token& what = tokens_[i];
      if (what.is_word("TEMPORARY")) return;  // nobody captures those
      if (is_one_of(what, {"TABLE", "TABLES"})) return read_table_definition(i + 1);
      if (is_one_of(what, {"DATABASE", "SCHEMA"})) return read_database(i + 1);
      if (what.is_word("INDEX")) return read_index();
      if (is_one_of(what, {"VIEW", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "USER", "ROLE",
                           "SERVER", "SEQUENCE", "PACKAGE", "TABLESPACE", "LOGFILE", "RESOURCE",
                           "INSTANCE", "LIBRARY"})) {
        return;
      }
    }
    out_.kind = StatementKind::alters_tables;
    take_all_names();
  }

  void read_table_definition(size_t i) {
    // A table that is made is none that was there: whatever took that away was seen.
    bool is_new = at(0).is_word("CREATE") && !at(1).is_word("OR");
    out_.kind = is_new ? StatementKind::creates_table : StatementKind::alters_tables;
    i = behind_exists(i);
    i = take_name(i);
    if (at(0).is_word("ALTER")) return read_alterations(i);
    while (at(0).is_word("DROP") && at(i).is_symbol(',')) i = take_name(i + 1);
  }

  // Other tables that an ALTER TABLE names: RENAME TO other, EXCHANGE PARTITION … WITH TABLE other.
  void read_alterations(size_t i) {
    if (only_touches_indexes(i)) {
      bool drops = has_word(i, tokens_.size(), "DROP");
      out_.kind = drops ? StatementKind::drops_indexes : StatementKind::harmless;
    }
    for (; i < tokens_.size(); ++i) {
      if (is_one_of(tokens_[i], {"RENAME", "TO", "AS", "TABLE"}) && at(i + 1).may_be_name()) {
        take_name(i + 1);
      }
    }
  }

  // Every clause between commas adds or drops an index that is not the primary key. IGNORE removes
  // rows that are in the way of a unique one; after a backslash strings end elsewhere for a session
  // with NO_BACKSLASH_ESCAPES.
  bool only_touches_indexes(size_t i) const {
    bool ignores = has_word(0, i, "IGNORE");
    if (ignores || has_backslash_) return false;
    int depth = 0;
    bool clause_begins = true;
    for (; i < tokens_.size(); ++i) {
      if (clause_begins && !begins_index_clause(i)) return false;
      clause_begins = depth == 0 && tokens_[i].is_symbol(',');
      if (tokens_[i].is_symbol('(')) ++depth;
      if (tokens_[i].is_symbol(')')) --depth;
    }
    return !clause_begins;
  }

  bool begins_index_clause(size_t i) const {
    if (is_one_of(at(i), {"DROP", "RENAME"})) {
      return is_one_of(at(i + 1), {"INDEX", "KEY"}) && lower_case(at(i + 2).as_name()) != "primary";
    }
    if (!at(i).is_word("ADD")) return false;
    if (is_one_of(at(i + 1), {"INDEX", "KEY", "FULLTEXT", "SPATIAL"})) return true;
    return at(i + 1).is_word("UNIQUE") && is_one_of(at(i + 2), {"INDEX", "KEY"});
  }

  // Among the tokens from FROM to before TO, of those that there are.
  bool has_word(size_t from, size_t to, const char* word) const {
    for (size_t i = from; i < std::min(to, tokens_.size()); ++i) {
      if (tokens_[i].is_word(word)) return true;
    }
    return false;
  }

  void read_database(size_t i) {
    if (!at(0).is_word("DROP")) return;
    out_.kind = StatementKind::drops_database;
    out_.tables = {lower_case(full_table_name(at(behind_exists(i)).as_name(), ""))};
  }

  void read_index() {
    bool primary = std::any_of(tokens_.begin(), tokens_.end(), [](const Token& token) {
      return token.may_be_name() && lower_case(token.as_name()) == "primary";
    });
    bool only_adds = at(0).is_word("CREATE") && !at(1).is_word("OR");
    if (only_adds && !primary) return;
    out_.kind = primary ? StatementKind::alters_tables : StatementKind::drops_indexes;
    take_all_names();
  }

  size_t behind_exists(size_t i) const {
    while (is_one_of(at(i), {"IF", "NOT", "EXISTS"})) ++i;
    return i;
  }

  // Takes the name at I; gives where it ends.
  size_t take_name(size_t i) {
    std::string schema = schema_;
    std::string name = at(i).as_name();
    if (at(i + 1).is_symbol('.') && at(i + 2).may_be_name()) {
      schema = name;
      name = at(i + 2).as_name();
      i += 2;
    }
    out_.tables_as_written.push_back(full_table_name(schema, name));
    out_.tables.push_back(lower_case(out_.tables_as_written.back()));
    return i + 1;
  }

  void take_all_names() { take_names_from(1); }

  void take_names_from(size_t i) {
    while (i < tokens_.size()) {
      i = tokens_[i].may_be_name() ? take_name(i) : i + 1;
    }
  }

  std::string schema_;
  std::vector<Token> tokens_;
  bool has_backslash_;
  Statement out_;
};

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

std::string xa_id(const XaId& id) {
  return fmt::format("{},{},{}", hex_of(id.transaction), hex_of(id.branch), id.format);
}

bool Statement::concerns(std::string_view table) const {
  std::string name = lower_case(table);
  if (concerns_all_but_ascii && std::any_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x80;
      })) {
    return true;
  }
  return std::any_of(tables.begin(), tables.end(), [&](const std::string& named) {
    if (kind != StatementKind::drops_database) return named == name;
    return name.starts_with(named);
  });
}

bool Statement::names(const std::string& table) const {
  return std::find(tables_as_written.begin(), tables_as_written.end(), table) !=
         tables_as_written.end();
}

std::vector<std::string> names_in(std::string_view text, std::string_view default_schema) {
  return Reading(text, default_schema).names();
}

Statement read_statement(std::string_view text, std::string_view default_schema) {
  return Reading(text, default_schema).read();
}

}  // namespace leat::cdc::mysql
