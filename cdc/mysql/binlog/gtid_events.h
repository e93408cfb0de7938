// The bodies of the events that name transactions, MySQL's and MariaDB's. As in control_events.h.
#pragma once

#include "cdc/mysql/binlog/event.h"
#include "log/base/bytes.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

GtidEvent read_gtid(ByteReader& in, bool anonymous);
// GTID_TAGGED: one message of mysql::serialization. An error where it says that it has fields that
// must be understood, and they are not known here.
Result<GtidEvent> read_tagged_gtid(ByteReader& in);
MariadbGtid read_mariadb_gtid(ByteReader& in);
GtidList read_gtid_list(ByteReader& in);

}  // namespace leat::cdc::mysql
