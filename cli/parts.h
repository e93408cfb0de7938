// Where each part of the program lies in the data directory, and the parts' options as the
// configuration sets them.
#pragma once

#include <memory>
#include <string>

#include "cdc/postgres/source.h"
#include "cli/config/config.h"
#include "log/base/status.h"
#include "log/local_log.h"

namespace leat::cli {

std::string log_dir(const Config& config);
std::string state_dir(const Config& config);

// Opens the change log, under its lock; recovers what a crash left.
Result<std::unique_ptr<log::LocalLog>> open_log(const Config& config);

// The store's table of a source's rows.
std::string row_table_name(const SourceConfig& source);

cdc::PostgresConfig postgres_config(const Config& config, const SourceConfig& source);

}  // namespace leat::cli
