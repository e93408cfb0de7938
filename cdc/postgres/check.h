// What `leat check` says about a PostgreSQL source.
#pragma once

#include "cdc/postgres/source.h"
#include "cdc/report.h"
#include "log/base/status.h"

namespace leat::cdc {

// An error where the server cannot be reached or logged in to: it says which and what to do.
Result<SourceReport> check_postgres(const PostgresConfig& config);

}  // namespace leat::cdc
