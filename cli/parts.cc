#include "cli/parts.h"

#include <algorithm>
#include <cstdlib>
#include <random>

#include "cli/system/memory.h"
#include "cli/topics/consumers.h"
#include "cli/topics/known_readers.h"
#include "log/base/fs.h"

namespace leat::cli {
namespace {

constexpr size_t kTransactionMemoryMin = 4 << 20;
constexpr size_t kLogFilesMax = 4096;
constexpr size_t kStoreFilesMax = 1024;

// Memory for open transactions: an eighth of the whole, shared by the sources.
size_t transaction_memory_bytes(const Config& config) {
  size_t share = config.memory_limit_bytes / 8 / std::max<size_t>(config.sources.size(), 1);
  return std::clamp<size_t>(share, kTransactionMemoryMin, 64 << 20);
}

Result<std::string> mysql_password(const SourceConfig& source) {
  constexpr uint64_t kBytesMax = 4096;
  if (source.password_file) {
    LEAT_ASSIGN_OR_RETURN(std::string text,
                          read_file(Fs::posix(), *source.password_file, kBytesMax));
    return text.substr(0, text.find_first_of("\r\n"));
  }
  if (source.mysql->uri.password) return *source.mysql->uri.password;
  const char* from_environment = std::getenv("MYSQL_PWD");
  return std::string(from_environment == nullptr ? "" : from_environment);
}

// A number that no other reader or replica of the server is likely to have.
uint32_t random_server_id() {
  constexpr uint32_t kFirst = 1U << 30;  // people give theirs small ones
  std::random_device random;
  return std::uniform_int_distribution<uint32_t>(kFirst, UINT32_MAX)(random);
}

}  // namespace

std::string log_dir(const Config& config) {
  return config.data_dir + "/log";
}
std::string state_dir(const Config& config) {
  return config.data_dir + "/state";
}

Result<std::unique_ptr<log::LocalLog>> open_log(const Config& config) {
  auto log = log::LocalLog::open(
      {.fs = Fs::posix(),
       .clock = Clock::system(),
       .dir = log_dir(config),
       .open_files_max = log_files_max(raise_open_files_limit()),
       .kept_room_bytes = config.compaction.room_bytes,
       .settings_of_new_topic =
           [rules = config.topics](std::string_view topic, log::TopicKind kind) {
             return settings_by_rules(rules, topic, kind, {});
           },
       .on_fatal = {}});
  if (!log.ok()) return log;
  settle_consumer_floors(**log);
  std::vector<std::string> row_stores;
  for (const SourceConfig& source : config.sources) row_stores.push_back(row_table_name(source));
  settle_row_store_floors(row_stores, **log);
  return log;
}

std::string row_table_name(const SourceConfig& source) {
  return "rows." + source.name;
}

size_t block_cache_bytes(const Config& config) {
  return config.memory_limit_bytes / 4;
}

size_t query_bytes_max(const Config& config) {
  return config.memory_limit_bytes / 8;
}

views::MaintainerOptions maintainer_options(const Config& config) {
  views::MaintainerOptions options;
  options.memory_bytes = config.memory_limit_bytes / 4;
  // What operators hold while they work off a step is a few times the step.
  options.step_bytes_max = std::clamp<size_t>(config.memory_limit_bytes / 64, 1 << 20, 8 << 20);
  return options;
}

compaction::CleanerOptions cleaner_options(const Config& config) {
  compaction::CleanerOptions options;
  options.bytes_per_second = config.compaction.bytes_per_second;
  options.reader_lag_bytes_max = config.compaction.reader_lag_bytes_max;
  options.map_bytes = std::clamp<uint64_t>(config.memory_limit_bytes / 16, 1 << 20, 512 << 20);
  return options;
}

size_t log_files_max(size_t open_files_limit) {
  return std::min(open_files_limit / 6, kLogFilesMax);
}
size_t store_files_max(size_t open_files_limit) {
  return std::min(open_files_limit / 4, kStoreFilesMax);
}

std::string spill_dir(const Config& config, const SourceConfig& source) {
  return config.data_dir + "/spill/" + source.name;
}

cdc::PostgresConfig postgres_config(const Config& config, const SourceConfig& source) {
  cdc::PostgresConfig out;
  out.name = source.name;
  out.uri = source.postgres;
  out.password_file = source.password_file.value_or("");
  out.tables = source.tables;
  out.snapshot_connections = source.snapshot_connections;
  out.transaction_memory_bytes_max = transaction_memory_bytes(config);
  out.spill_dir = spill_dir(config, source);
  return out;
}

Result<cdc::mysql::MysqlConfig> mysql_config(const Config& config, const SourceConfig& source) {
  const MysqlSettings& settings = *source.mysql;
  cdc::mysql::MysqlConfig out;
  out.name = source.name;
  out.connect.host = settings.uri.host;
  out.connect.port = settings.uri.port;
  out.connect.user = settings.uri.user;
  LEAT_ASSIGN_OR_RETURN(out.connect.password, mysql_password(source));
  out.connect.tls = settings.tls ? cdc::mysql::TlsMode::verified : cdc::mysql::TlsMode::off;
  out.connect.tls_ca_file = settings.tls_ca_file.value_or("");
  out.tables = source.tables;
  out.accept_cascades = settings.accept_cascades;
  out.dates_as_text = settings.dates_as_text;
  out.server_id = settings.server_id ? *settings.server_id : random_server_id();
  out.snapshot_connections = source.snapshot_connections;
  out.transaction_memory_bytes_max = transaction_memory_bytes(config);
  out.spill_dir = spill_dir(config, source);
  return out;
}

}  // namespace leat::cli
