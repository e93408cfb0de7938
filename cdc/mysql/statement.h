// What a statement does that the binlog holds as text (QUERY): as little as has to be known of it.
//
// No DDL is parsed. It is enough to be safe to know which tables it may concern: a statement that
// is not recognised as harmless counts as one that alters every table whose name stands in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cdc/mysql/binlog/event.h"

namespace leat::cdc::mysql {

enum class StatementKind : uint8_t {
  begin,
  commit,
  rollback,
  savepoint,
  rollback_to,
  xa_start,
  xa_commit,
  xa_rollback,
  truncate,
  changes_rows,    // INSERT and the like, or a function: binlog_format is not ROW
  alters_tables,   // may change, take away or replace them
  drops_indexes,   // changes no row, but may take away the unique key that a table is known by
  creates_table,   // where there was none
  drops_database,  // the database is the one name
  harmless,        // no captured row is another one after it
};

struct Statement {
  StatementKind kind = StatementKind::harmless;
  // "schema.table", in lower case (of ASCII), of all tables that it may concern.
  std::vector<std::string> tables;
  std::vector<std::string> tables_as_written;  // the same in the letters that were written
  bool concerns_all_but_ascii = false;         // also every table whose name is not ASCII
  std::string id;  // a savepoint's name in lower case; an XA transaction's id, as xa_id() gives it

  // TABLE is "schema.table". Case does not count: where it does to the server, it costs no more
  // than a snapshot too many.
  bool concerns(std::string_view table) const;
  // The case counts.
  bool names(const std::string& table) const;
};

// "67747269,6271756c,1": both parts in hexadecimal digits, and the format.
std::string xa_id(const XaId& id);

// Of ASCII.
std::string lower_case(std::string_view text);

// Every name that may stand in TEXT, as Statement::tables has them: also words that are none.
std::vector<std::string> names_in(std::string_view text, std::string_view default_schema);

// DEFAULT_SCHEMA is where names without a schema lie.
Statement read_statement(std::string_view text, std::string_view default_schema);

}  // namespace leat::cdc::mysql
