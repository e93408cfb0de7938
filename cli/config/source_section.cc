#include "cli/config/source_section.h"

#include <unistd.h>

#include <algorithm>
#include <optional>

#include "cdc/postgres/connection.h"
#include "cli/config/connection_uri.h"

namespace leat::cli {
namespace {

constexpr int kSnapshotConnectionsMax = 16;
// Slot and publication are named leat_NAME, and PostgreSQL's names end at 63 bytes.
constexpr size_t kSourceNameBytesMax = 58;
constexpr const char* kMysqlKeys[] = {"tls", "tls_ca_file", "cascades", "dates_as_text",
                                      "server_id"};

Error no_database(const ConfigSection& section) {
  return section.error_at(section.line(), section.path() +
                                              " says no database: give it postgres: "
                                              "postgresql://user@host:5432/database, or mysql: "
                                              "mysql://user@host:3306/database");
}

Status read_postgres(const ConfigSection& section, const std::string& uri, SourceConfig* source) {
  Status good = check_postgres_uri(uri);
  if (good.ok()) good = cdc::check_uri(uri);
  if (!good.ok()) return section.error("postgres", good.error().message());
  for (const char* key : kMysqlKeys) {
    if (section.find(key) == nullptr) continue;
    return section.error(key, "is for mysql only; with postgres it is part of the URI, or nothing");
  }
  source->postgres = uri;
  return {};
}

// One of two words; FIRST where the key is absent.
Result<bool> is_second(const ConfigSection& section, std::string_view key, const std::string& first,
                       const std::string& second) {
  LEAT_ASSIGN_OR_RETURN(auto text, section.text(key));
  if (!text || *text == first) return false;
  if (*text == second) return true;
  return section.error(key, "must be " + first + " or " + second + ", not '" + *text + "'");
}

// A path to a file that can be read; none where the key is absent.
Result<std::optional<std::string>> read_file_path(const ConfigSection& section,
                                                  std::string_view key, const std::string& dir) {
  LEAT_ASSIGN_OR_RETURN(auto file, section.text(key));
  if (!file) return file;
  std::optional<std::string> path = resolved(dir, *file);
  if (::access(path->c_str(), R_OK) == 0) return path;
  return section.error(key, "names " + *path + ", which is not there or cannot be read");
}

// Patterns of columns; none where the key is absent.
Result<std::vector<std::string>> read_columns(const ConfigSection& section, std::string_view key) {
  LEAT_ASSIGN_OR_RETURN(auto patterns, section.texts(key));
  for (const std::string& pattern : patterns) {
    if (std::count(pattern.begin(), pattern.end(), '.') == 2) continue;
    return section.error(key, "holds '" + pattern +
                                  "'; write DATABASE.TABLE.COLUMN, as in shop.orders.placed or "
                                  "shop.*.*");
  }
  return patterns;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

Status read_mysql(const ConfigSection& section, const std::string& text, const std::string& dir,
                  SourceConfig* source) {
  auto uri = parse_mysql_uri(text);
  if (!uri.ok()) return section.error("mysql", uri.error().message());
  MysqlSettings settings;
  settings.uri = std::move(*uri);
  LEAT_ASSIGN_OR_RETURN(bool off, is_second(section, "tls", "verified", "off"));
  settings.tls = section.find("tls") != nullptr ? !off : !is_loopback(settings.uri.host);
  LEAT_ASSIGN_OR_RETURN(settings.tls_ca_file, read_file_path(section, "tls_ca_file", dir));
  if (settings.tls_ca_file && !settings.tls) {
    return section.error("tls_ca_file", "has no use without tls: verified");
  }
  LEAT_ASSIGN_OR_RETURN(settings.accept_cascades,
                        is_second(section, "cascades", "refuse", "accept"));
  LEAT_ASSIGN_OR_RETURN(settings.dates_as_text, read_columns(section, "dates_as_text"));
  LEAT_ASSIGN_OR_RETURN(auto server_id, section.integer("server_id", 1, UINT32_MAX));
  if (server_id) settings.server_id = static_cast<uint32_t>(*server_id);
  source->mysql = std::move(settings);
  return {};
}

Status read_database(const ConfigSection& section, const std::string& dir, SourceConfig* source) {
  LEAT_ASSIGN_OR_RETURN(auto postgres, section.text("postgres"));
  LEAT_ASSIGN_OR_RETURN(auto mysql, section.text("mysql"));
  if (postgres && mysql) {
    return section.error("mysql", "stands beside postgres: a source is one of the two");
  }
  if (postgres) return read_postgres(section, *postgres, source);
  return mysql ? read_mysql(section, *mysql, dir, source) : Status(no_database(section));
}

// What a source without `tables` reads: all of the schema that it is most likely about.
std::string usual_schema(const SourceConfig& source) {
  return source.mysql ? source.mysql->uri.database : "public";
}

Status read_tables(const ConfigSection& section, SourceConfig* source) {
  LEAT_ASSIGN_OR_RETURN(source->tables, section.texts("tables"));
  std::string schema = usual_schema(*source);
  if (section.find("tables") == nullptr) {
    if (schema.empty()) {
      return section.error_at(section.line(), section.path() +
                                                  " says no tables: give it tables: [DATABASE.*], "
                                                  "or a database in the URI");
    }
    source->tables = {schema + ".*"};
  }
  if (schema.empty()) schema = "DATABASE";
  for (const std::string& pattern : source->tables) {
    if (pattern.find('.') != std::string::npos) continue;
    return section.error("tables", "holds '" + pattern + "'; write SCHEMA.TABLE, as in " + schema +
                                       "." + pattern + " or " + schema + ".*");
  }
  if (!source->tables.empty()) return {};
  return section.error("tables",
                       "is empty: nothing would be read; write [" + schema + ".*] for all");
}

}  // namespace

std::string resolved(const std::string& dir, const std::string& path) {
  return path.starts_with('/') || dir.empty() ? path : dir + "/" + path;
}

bool is_source_name(std::string_view name) {
  if (name.empty() || name.size() > kSourceNameBytesMax || name[0] < 'a' || name[0] > 'z') {
    return false;
  }
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

Result<SourceConfig> read_source(const ConfigSection& section, const std::string& name,
                                 const std::string& dir) {
  SourceConfig source;
  source.name = name;
  LEAT_RETURN_IF_ERROR(read_database(section, dir, &source));
  LEAT_ASSIGN_OR_RETURN(source.password_file, read_file_path(section, "password_file", dir));
  LEAT_RETURN_IF_ERROR(read_tables(section, &source));
  LEAT_ASSIGN_OR_RETURN(auto connections,
                        section.integer("snapshot_connections", 1, kSnapshotConnectionsMax));
  if (connections) source.snapshot_connections = static_cast<int>(*connections);
  return source;
}

}  // namespace leat::cli
