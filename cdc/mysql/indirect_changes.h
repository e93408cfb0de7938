// What changes a table without naming it: triggers of other tables, views, functions and
// procedures.
//
// With binlog_format = ROW their changes are logged as any other's. A session that has another
// format logs the statement instead, which names the other table, the view or the function:
//
//   INSERT INTO inbox …       inbox has a trigger whose text names a procedure …
//                             … whose text names orders: orders may have changed
#pragma once

#include <string>
#include <vector>

#include "cdc/mysql/client.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

struct Indirection {
  std::string name;                // that statements name, as Statement::tables has it
  std::vector<std::string> names;  // that stand in its text, and words that are none
};

// Of the whole server, as far as the user may see them: triggers need the privilege TRIGGER, views
// SHOW VIEW, routines to be their definer (or SHOW_ROUTINE).
Result<std::vector<Indirection>> read_indirections(Client& client);

// The names in statements behind which TABLE ("schema.table") may change.
std::vector<std::string> ways_to(const std::string& table, const std::vector<Indirection>& all);

}  // namespace leat::cdc::mysql
