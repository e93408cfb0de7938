// A `leat run` of the program as it is built, for whole tests: its own data directory, free ports.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/postgres_server.h"
#include "tests/support/process.h"

namespace leat::test {

struct ViewFile {
  std::string name;
  std::string query;
};

struct NamedSource {
  std::string name;
  std::string uri;  // as in leat.yaml
};

// Where this build's programs are.
std::string build_directory();

class LeatServer {
 public:
  // Writes leat.yaml and the view files; does not start anything. All tables of what the URIs name
  // are read; SETTINGS are added to leat.yaml.
  LeatServer(const std::vector<NamedSource>& sources, const std::vector<ViewFile>& views,
             const std::string& settings = "");
  // One source, `shop`.
  LeatServer(const std::string& source_uri, const std::vector<ViewFile>& views,
             const std::string& settings = "")
      : LeatServer(std::vector<NamedSource>{{"shop", source_uri}}, views, settings) {}

  // Starts `leat run` without waiting for it.
  Status start();
  // Waits until SQL answers `SELECT count(*)` over every view.
  Status wait_live(std::chrono::seconds timeout);
  void kill_hard();  // SIGKILL, and waits for the end
  // SIGTERM, and waits a minute for the end. Gives nothing where the status is 0, else that with
  // the end of the log, in which a sanitizer's report stands too.
  std::string terminate();
  std::optional<int> wait_exit(std::chrono::seconds timeout) { return process_->wait(timeout); }
  // The most memory that the running process ever held.
  size_t peak_resident_bytes() const;
  bool running() { return process_ && process_->running(); }

  void write_view(const ViewFile& view);
  void remove_view(const std::string& name);

  std::string sql_uri() const;
  uint16_t http_port() const { return static_cast<uint16_t>(http_port_); }
  const std::string& directory() const { return dir_.path(); }
  std::string log_text() const;
  std::string log_end(size_t bytes) const;
  std::string log_tail() const { return log_end(4000); }

  // Runs another subcommand against this configuration: its standard output.
  Result<std::string> run_command(const std::vector<std::string>& arguments) const;

 private:
  TempDir dir_;
  int sql_port_;
  int http_port_;
  std::vector<std::string> view_names_;
  std::optional<Process> process_;
};

}  // namespace leat::test
