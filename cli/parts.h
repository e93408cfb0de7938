// Where each part of the program lies in the data directory, and the parts' options as the
// configuration sets them.
#pragma once

#include <string>

#include "cdc/postgres/source.h"
#include "cli/config/config.h"

namespace leat::cli {

std::string log_dir(const Config& config);
std::string state_dir(const Config& config);

// The store's table of a source's rows.
std::string row_table_name(const SourceConfig& source);

cdc::PostgresConfig postgres_config(const Config& config, const SourceConfig& source);

}  // namespace leat::cli
