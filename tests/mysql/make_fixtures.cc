// Makes the binlog files of tests/cdc/mysql/fixtures: runs each NAME.sql on a server of its own and
// keeps the raw file (NAME.binlog) and what the server says of it (NAME.expected: where its events
// begin and end, what the tables hold).
//
//   make_mysql_fixtures tests/cdc/mysql/fixtures [NAME...]
//
// In a .sql file a line `-- server: KIND` says which server, `-- option: OPTION` adds to its
// command line.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/mysql_server.h"

namespace leat::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMarks[] = {"-- server: ", "-- option: "};

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

MysqlOptions options_of(const std::string& script) {
  MysqlOptions out;
  std::istringstream in(script);
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(kMarks[0], 0) == 0 && line.substr(11) == "mysql") out.kind = MysqlKind::mysql;
    if (line.rfind(kMarks[1], 0) == 0) out.options.push_back(line.substr(11));
  }
  return out;
}

std::string joined(const TextRow& row) {
  std::string out;
  for (const auto& value : row) {
    if (!out.empty()) out += '|';
    out += value.value_or("NULL");
  }
  return out;
}

Result<std::string> tables_text(MysqlClient& client) {
  std::string out;
  LEAT_ASSIGN_OR_RETURN(auto tables,
                        client.query("SELECT table_name FROM information_schema.tables WHERE "
                                     "table_schema = 'shop' ORDER BY 1"));
  for (const TextRow& table : tables) {
    LEAT_ASSIGN_OR_RETURN(auto rows, client.query("SELECT * FROM shop." + *table[0]));
    std::vector<std::string> lines;
    for (const TextRow& row : rows) lines.push_back(joined(row));
    std::sort(lines.begin(), lines.end());
    out += "table shop." + *table[0] + "\n";
    for (const std::string& line : lines) out += line + "\n";
  }
  return out;
}

// Of the first file, once it is complete.
Result<std::string> events_text(MysqlClient& client, const std::string& file) {
  LEAT_ASSIGN_OR_RETURN(auto events, client.query("SHOW BINLOG EVENTS IN '" + file + "'"));
  std::string out;
  for (const TextRow& event : events) out += "event " + *event[1] + " " + *event[4] + "\n";
  return out;
}

Status make(const fs::path& script_path) {
  std::string script = text_of(script_path);
  LEAT_ASSIGN_OR_RETURN(auto server, MysqlServer::start(options_of(script)));
  LEAT_ASSIGN_OR_RETURN(auto client, MysqlClient::connect(server->port()));
  const char* setup =
      "SET sql_log_bin = 0; CREATE DATABASE shop CHARACTER SET utf8mb4; "
      "SET sql_log_bin = 1; FLUSH BINARY LOGS";
  LEAT_RETURN_IF_ERROR(client->execute(setup));
  LEAT_ASSIGN_OR_RETURN(auto files, client->query("SHOW BINARY LOGS"));
  std::string file = *files.back()[0];
  LEAT_RETURN_IF_ERROR(client->execute(script + "FLUSH BINARY LOGS"));
  LEAT_ASSIGN_OR_RETURN(std::string events, events_text(*client, file));
  LEAT_ASSIGN_OR_RETURN(std::string tables, tables_text(*client));
  fs::path target = script_path;
  std::ofstream(target.replace_extension(".expected"), std::ios::binary) << events << tables;
  std::ofstream(target.replace_extension(".binlog"), std::ios::binary)
      << text_of(server->data_dir() + "/" + file);
  return Ok();
}

bool is_wanted(const fs::path& path, int argc, char** argv) {
  if (path.extension() != ".sql") return false;
  return argc == 2 || std::find(argv + 2, argv + argc, path.stem().string()) != argv + argc;
}

int run(int argc, char** argv) {
  if (argc < 2) return 2;
  int status = 0;
  for (const auto& entry : fs::directory_iterator(argv[1])) {
    if (!is_wanted(entry.path(), argc, argv)) continue;
    Status made = make(entry.path());
    std::printf("%s: %s\n", entry.path().stem().c_str(),
                made.ok() ? "made" : made.error().message().c_str());
    if (!made.ok()) status = 1;
  }
  return status;
}

}  // namespace
}  // namespace leat::test

int main(int argc, char** argv) {
  return leat::test::run(argc, argv);
}
