// The statement of a QUERY event, whose text is in the character set of the session that ran it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "cdc/mysql/binlog/event.h"
#include "cdc/mysql/statement.h"

namespace leat::cdc::mysql {

// The collation's number of character_set_client, as the event's status variables hold it
// (dev.mysql.com/doc/dev/mysql-server, Query_event). None where they do not say.
std::optional<uint32_t> client_collation(std::string_view status_variables);

// Statements that the server wrote itself (DROP TABLE, …) are in UTF-8 whatever the session has, so
// a name counts in either reading; where the two are not of one kind, all that either names counts
// as altered. Of text in a character set that is not known every name that is not ASCII may be
// meant.
Statement read_query_statement(const Query& query);

}  // namespace leat::cdc::mysql
