// The bodies of the events that are not about rows or GTIDs. Each function reads one body (without
// header and checksum); the caller asks the reader whether all of it was there.
// https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Binary__log__event.html
#pragma once

#include "cdc/mysql/binlog/event.h"
#include "log/base/bytes.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// The body ends with the checksum's kind. An error for layouts that no supported server writes.
Result<FormatDescription> read_format_description(ByteReader& in);
Rotate read_rotate(ByteReader& in);
Query read_query(ByteReader& in);
Query read_load_query(ByteReader& in);  // EXECUTE_LOAD_QUERY
XaPrepare read_xa_prepare(ByteReader& in);
Heartbeat read_heartbeat_v2(ByteReader& in);
Incident read_incident(ByteReader& in);
Result<TransactionPayload> read_transaction_payload(ByteReader& in);
RowsFragment read_rows_fragment(ByteReader& in);

}  // namespace leat::cdc::mysql
