// What `leat check` says about a MySQL or MariaDB source.
#pragma once

#include "cdc/mysql/source.h"
#include "cdc/report.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// An error where the server cannot be reached or logged in to: it says which and what to do.
Result<SourceReport> check_mysql(const MysqlConfig& config);

}  // namespace leat::cdc::mysql
