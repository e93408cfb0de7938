#include "cli/config/config.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "cli/config/config_section.h"
#include "cli/config/source_section.h"
#include "cli/config/view_files.h"
#include "cli/topics/setting_text.h"
#include "log/base/fs.h"

namespace leat::cli {
namespace {

constexpr uint64_t kConfigBytesMax = 1 << 20;
constexpr uint64_t kMemoryLimitMin = 64 << 20;
constexpr uint64_t kCompactionBytesMin = 1 << 20;

std::vector<std::string> keys_under(const std::string& section) {
  std::string prefix = section.empty() ? "" : section + ".";
  std::vector<std::string> keys;
  for (const ConfigKey& key : config_keys()) {
    if (!key.path.starts_with(prefix)) continue;
    std::string rest = key.path.substr(prefix.size());
    if (rest.find('.') == std::string::npos) keys.push_back(rest);
  }
  return keys;
}

std::string directory_of(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, std::max<size_t>(slash, 1));
}

uint64_t quarter_of_machine() {
  auto pages = static_cast<uint64_t>(::sysconf(_SC_PHYS_PAGES));
  auto page_bytes = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  return std::max(pages * page_bytes / 4, kMemoryLimitMin);
}

// "5433", "127.0.0.1:5433" or "[::1]:5433".
std::optional<Address> parse_address(std::string_view text, Address address) {
  size_t colon = text.rfind(':');
  if (colon != std::string_view::npos) {
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host.empty()) return std::nullopt;
    address.host = host;
    text.remove_prefix(colon + 1);
  }
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), address.port);
  bool good = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
  return good ? std::optional(address) : std::nullopt;
}

Status read_address(const ConfigSection& listen, std::string_view key, Address* address) {
  LEAT_ASSIGN_OR_RETURN(auto text, listen.text(key));
  if (!text) return {};
  auto parsed = parse_address(*text, *address);
  if (!parsed) return listen.error(key, "must be a port or HOST:PORT, not '" + *text + "'");
  *address = *parsed;
  return {};
}

Status read_listen(const ConfigSection& root, Config* config) {
  for (const YamlEntry& entry : root.entries()) {
    if (entry.key != "listen") continue;
    LEAT_ASSIGN_OR_RETURN(ConfigSection listen, root.section(entry));
    LEAT_RETURN_IF_ERROR(listen.check_keys(keys_under("listen")));
    LEAT_RETURN_IF_ERROR(read_address(listen, "sql", &config->listen_sql));
    LEAT_RETURN_IF_ERROR(read_address(listen, "http", &config->listen_http));
  }
  return {};
}

Status read_sources(const ConfigSection& root, const std::string& dir, Config* config) {
  for (const YamlEntry& entry : root.entries()) {
    if (entry.key != "sources") continue;
    LEAT_ASSIGN_OR_RETURN(ConfigSection sources, root.section(entry));
    for (const YamlEntry& one : sources.entries()) {
      if (!is_source_name(one.key)) {
        return sources.error_at(one.line, "source name '" + one.key + "' must be lower-case " +
                                              "letters, digits and _, begin with a letter, and " +
                                              "have at most 58 characters");
      }
      LEAT_ASSIGN_OR_RETURN(ConfigSection section, sources.section(one));
      LEAT_RETURN_IF_ERROR(section.check_keys(keys_under("sources.*")));
      LEAT_ASSIGN_OR_RETURN(SourceConfig source, read_source(section, one.key, dir));
      config->sources.push_back(std::move(source));
    }
  }
  if (!config->sources.empty()) return {};
  return root.error_at(root.line(),
                       "no sources: say which database to read, as in sources: "
                       "{shop: {postgres: postgresql://leat@localhost/shop}}");
}

Status read_compaction(const ConfigSection& root, CompactionConfig* compaction) {
  for (const YamlEntry& entry : root.entries()) {
    if (entry.key != "compaction") continue;
    LEAT_ASSIGN_OR_RETURN(ConfigSection section, root.section(entry));
    LEAT_RETURN_IF_ERROR(section.check_keys(keys_under("compaction")));
    LEAT_ASSIGN_OR_RETURN(auto rate, section.bytes("rate", kCompactionBytesMin));
    LEAT_ASSIGN_OR_RETURN(auto lag, section.bytes("reader_lag", kCompactionBytesMin));
    LEAT_ASSIGN_OR_RETURN(auto room, section.bytes("room", 0));
    compaction->bytes_per_second = rate.value_or(compaction->bytes_per_second);
    compaction->reader_lag_bytes_max = lag.value_or(compaction->reader_lag_bytes_max);
    compaction->room_bytes = room.value_or(compaction->room_bytes);
  }
  return {};
}

Status read_topics(const ConfigSection& root, Config* config) {
  for (const YamlEntry& entry : root.entries()) {
    if (entry.key != "topics") continue;
    LEAT_ASSIGN_OR_RETURN(ConfigSection topics, root.section(entry));
    LEAT_ASSIGN_OR_RETURN(config->topics, read_topic_rules(topics));
  }
  return {};
}

Status read_root(const ConfigSection& root, Config* config) {
  const std::string dir = directory_of(config->path);
  LEAT_RETURN_IF_ERROR(root.check_keys(keys_under("")));
  LEAT_ASSIGN_OR_RETURN(auto data_dir, root.text("data_dir"));
  config->data_dir = resolved(dir, data_dir.value_or("leat-data"));
  LEAT_ASSIGN_OR_RETURN(auto memory, root.bytes("memory_limit", kMemoryLimitMin));
  config->memory_limit_bytes = memory.value_or(quarter_of_machine());
  LEAT_RETURN_IF_ERROR(read_listen(root, config));
  LEAT_RETURN_IF_ERROR(read_sources(root, dir, config));
  LEAT_RETURN_IF_ERROR(read_topics(root, config));
  LEAT_RETURN_IF_ERROR(read_compaction(root, &config->compaction));
  LEAT_ASSIGN_OR_RETURN(auto patterns, root.texts("views"));
  auto files = read_view_files(dir, patterns);
  if (!files.ok()) return root.error("views", "names " + files.error().message());
  config->views = std::move(files->files);
  config->view_patterns_without_files = std::move(files->patterns_without_files);
  return {};
}

std::vector<ConfigKey> fixed_keys() {
  return {
      {"data_dir", "path", "leat-data"},
      {"listen", "map", ""},
      {"listen.sql", "port or host:port", "127.0.0.1:5433"},
      {"listen.http", "port or host:port", "127.0.0.1:8080"},
      {"memory_limit", "size", "a quarter of the machine's memory"},
      {"sources", "map of names", "(required)"},
      {"sources.*.postgres", "connection URI", "(this or mysql)"},
      {"sources.*.mysql", "connection URI", "(this or postgres)"},
      {"sources.*.password_file", "path", "none"},
      {"sources.*.tables", "list of patterns", "[public.*], or all of the database"},
      {"sources.*.snapshot_connections", "number", "2"},
      {"sources.*.tls", "verified or off", "verified; off for a server on loopback"},
      {"sources.*.tls_ca_file", "path", "the system's"},
      {"sources.*.cascades", "refuse or accept", "refuse"},
      {"sources.*.dates_as_text", "list of patterns", "none"},
      {"sources.*.server_id", "number", "a random one"},
      {"compaction", "map", ""},
      {"compaction.rate", "size", "64MB"},
      {"compaction.reader_lag", "size", "64GB"},
      {"compaction.room", "size", "256MB"},
      {"topics", "map of patterns", ""},
      {"views", "pattern or list of patterns", "none"},
  };
}

}  // namespace

const std::vector<ConfigKey>& config_keys() {
  static const std::vector<ConfigKey> keys = [] {
    std::vector<ConfigKey> all = fixed_keys();
    for (const TopicSettingName& setting : topic_setting_names()) {
      all.push_back({"topics.*." + setting.name, setting.type, setting.usual});
    }
    return all;
  }();
  return keys;
}

Result<Config> parse_config(const std::string& path, std::string_view text) {
  LEAT_ASSIGN_OR_RETURN(YamlNode tree, parse_yaml(path, text));
  Config config;
  config.path = path;
  LEAT_ASSIGN_OR_RETURN(ConfigSection root, ConfigSection::of(path, "", tree));
  LEAT_RETURN_IF_ERROR(read_root(root, &config));
  return config;
}

Result<Config> load_config(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0) {
    return Error::permanent(path + ": " + std::strerror(errno) + "; name the configuration with " +
                            "--config FILE (examples/shop/leat.yaml is one to start from)");
  }
  LEAT_ASSIGN_OR_RETURN(std::string text, read_file(Fs::posix(), path, kConfigBytesMax));
  return parse_config(path, text);
}

}  // namespace leat::cli
