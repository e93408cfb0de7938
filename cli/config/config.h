// leat.yaml: all that Leat is told. docs/configuration.md describes every key; a test holds that it
// names all that config_keys() lists.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/config/connection_uri.h"
#include "cli/config/topic_rules.h"
#include "log/base/status.h"

namespace leat::cli {

struct Address {
  std::string host = "127.0.0.1";
  uint16_t port = 0;
};

// What only a MySQL or MariaDB source has.
struct MysqlSettings {
  MysqlUri uri;
  bool tls = true;  // and verified
  std::optional<std::string> tls_ca_file;
  bool accept_cascades = false;
  std::vector<std::string> dates_as_text;  // database.table.column, where * is any characters
  std::optional<uint32_t> server_id;
};

struct SourceConfig {
  std::string name;
  std::string postgres;                // the URI; may hold a password: show redacted() only
  std::optional<MysqlSettings> mysql;  // there where `postgres` is empty
  std::optional<std::string> password_file;
  std::vector<std::string> tables;  // schema.table, where * stands for any run of characters
  int snapshot_connections = 2;
};

// A view's file. Views are known by the names in their files, not by the files' names.
struct ViewFile {
  std::string path;
  std::string text;
};

struct CompactionConfig {
  uint64_t bytes_per_second = uint64_t{64} << 20;
  uint64_t reader_lag_bytes_max = uint64_t{64} << 30;
  uint64_t room_bytes = uint64_t{256} << 20;
};

struct Config {
  std::string path;  // of the file itself, as given
  std::string data_dir;
  Address listen_sql{"127.0.0.1", 5433};
  Address listen_http{"127.0.0.1", 8080};
  uint64_t memory_limit_bytes = 0;
  CompactionConfig compaction;
  std::vector<SourceConfig> sources;
  std::vector<TopicRule> topics;
  std::vector<ViewFile> views;
  std::vector<std::string> view_patterns_without_files;  // most likely a mistake
};

struct ConfigKey {
  std::string path;  // "sources.*.tables": * is a name of the user's
  std::string type;  // "size", "list of patterns" …
  std::string default_value;
};

// Every key there is, in the order of the documentation.
const std::vector<ConfigKey>& config_keys();

// Reads the file and everything that it names (view files; a password file must exist). Relative
// paths in it count from its own directory. An error is permanent, one line led by FILE:LINE.
Result<Config> load_config(const std::string& path);

// The same for a text that stands for the file PATH.
Result<Config> parse_config(const std::string& path, std::string_view text);

}  // namespace leat::cli
