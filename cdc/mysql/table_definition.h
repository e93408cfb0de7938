// What SHOW CREATE TABLE says of a table: to everybody who may read it all. (MariaDB's
// information_schema lists constraints only to those who may do more than SELECT; what a user may
// not know is left out there without a word.)
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace leat::cdc::mysql {

// A foreign key whose parent's changes change this table's rows.
struct CascadeFacts {
  std::string constraint;
  std::string parent;  // schema.table
  std::string rules;   // "ON DELETE CASCADE, ON UPDATE SET NULL"
};

// The foreign keys of DEFINITION that do, a rule that is not known among them. SCHEMA is the
// table's.
std::vector<CascadeFacts> cascades_in(std::string_view definition, std::string_view schema);

}  // namespace leat::cdc::mysql
