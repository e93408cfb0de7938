// Where each part of the program lies in the data directory, and the parts' options as the
// configuration sets them.
#pragma once

#include <memory>
#include <string>

#include "cdc/mysql/source.h"
#include "cdc/postgres/source.h"
#include "cli/config/config.h"
#include "compaction/cleaner.h"
#include "log/base/status.h"
#include "log/local_log.h"
#include "views/maintainer.h"

namespace leat::cli {

std::string log_dir(const Config& config);
std::string state_dir(const Config& config);

// Opens the change log, under its lock; recovers what a crash left.
Result<std::unique_ptr<log::LocalLog>> open_log(const Config& config);

// The store's table of a source's rows, and the name by which the log knows who reads it.
std::string row_table_name(const SourceConfig& source);

// memory_limit's parts: an eighth for open transactions, a quarter for RocksDB's block cache, a
// quarter for the views' state (which takes about as much again in RocksDB's buffers while it is
// flushed); one query may take an eighth. What is left is for connections and the program itself.
size_t block_cache_bytes(const Config& config);
size_t query_bytes_max(const Config& config);
views::MaintainerOptions maintainer_options(const Config& config);
// Of what is left: the keys of a compaction take a sixteenth.
compaction::CleanerOptions cleaner_options(const Config& config);

// The process's open files: half for the log's segments (it takes up to three times what it is
// told: in use, written, being synced), a quarter for the state store, each within its bound; the
// rest is for connections and spilled transactions.
size_t log_files_max(size_t open_files_limit);
size_t store_files_max(size_t open_files_limit);

// Where a source's open transactions spill to.
std::string spill_dir(const Config& config, const SourceConfig& source);

// Of a source that is one of PostgreSQL, and of MySQL or MariaDB.
cdc::PostgresConfig postgres_config(const Config& config, const SourceConfig& source);
// The password is that of its file, of the URI, or of MYSQL_PWD. An error where the file cannot be
// read.
Result<cdc::mysql::MysqlConfig> mysql_config(const Config& config, const SourceConfig& source);

}  // namespace leat::cli
