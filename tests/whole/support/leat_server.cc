#include "tests/whole/support/leat_server.h"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#ifndef LEAT_BINARY  // set by tests/CMakeLists.txt where the program is built
#define LEAT_BINARY "leat"
#endif

namespace leat::test {

using namespace std::chrono_literals;

namespace {

std::string lines_of(const NamedSource& source) {
  std::string out = "  " + source.name + ":\n    ";
  if (source.uri.starts_with("mysql:")) return out + "mysql: " + source.uri + "\n    tls: off\n";
  return out + "postgres: " + source.uri + "\n    tables: [public.*]\n";
}

}  // namespace

std::string build_directory() {
  return std::filesystem::path(LEAT_BINARY).parent_path().parent_path();
}

LeatServer::LeatServer(const std::vector<NamedSource>& sources, const std::vector<ViewFile>& views,
                       const std::string& settings)
    : sql_port_(free_port()), http_port_(free_port()) {
  std::filesystem::create_directory(dir_ / "views");
  std::ofstream config(dir_ / "leat.yaml");
  config << "data_dir: " << dir_ / "data"
         << "\n"
         << "listen:\n  sql: 127.0.0.1:" << sql_port_ << "\n  http: 127.0.0.1:" << http_port_
         << "\n"
         << "sources:\n";
  for (const NamedSource& source : sources) config << lines_of(source);
  config << "views: views/*.sql\n" << settings;
  for (const ViewFile& view : views) write_view(view);
}

void LeatServer::write_view(const ViewFile& view) {
  std::ofstream file(dir_ / ("views/" + view.name + ".sql"));
  file << "CREATE MATERIALIZED VIEW " << view.name << " AS\n" << view.query << ";\n";
  if (std::find(view_names_.begin(), view_names_.end(), view.name) == view_names_.end()) {
    view_names_.push_back(view.name);
  }
}

void LeatServer::remove_view(const std::string& name) {
  std::filesystem::remove(dir_ / ("views/" + name + ".sql"));
  std::erase(view_names_, name);
}

Status LeatServer::start() {
  LEAT_ASSIGN_OR_RETURN(
      process_, Process::start({.argv = {LEAT_BINARY, "run", "--config", dir_ / "leat.yaml"},
                                .environment = {},
                                .output_path = dir_ / "leat.log",
                                .user = ""}));
  return Ok{};
}

Status LeatServer::wait_live(std::chrono::seconds timeout) {
  std::string last = "never answered";
  for (auto deadline = std::chrono::steady_clock::now() + timeout;
       std::chrono::steady_clock::now() < deadline; std::this_thread::sleep_for(20ms)) {
    if (!running()) return Error::permanent("leat run ended: " + log_tail());
    auto client = PostgresClient::connect(sql_uri());
    Status all = client.ok() ? Status() : Status(client.error());
    for (const std::string& view : view_names_) {
      if (all.ok()) all = (*client)->execute("SELECT count(*) FROM " + view);
    }
    if (all.ok()) return Ok{};
    last = all.error().message();
  }
  return Error::permanent("views are not live in time: " + last + "\n" + log_tail());
}

void LeatServer::kill_hard() {
  if (!process_) return;
  process_->signal(SIGKILL);
  process_->wait(60s);
}

std::string LeatServer::terminate() {
  process_->signal(SIGTERM);
  std::optional<int> status = process_->wait(60s);
  if (status == 0) return "";
  return (status ? "ended with " + std::to_string(*status) : std::string("does not end")) + ": " +
         log_end(20'000);
}

size_t LeatServer::peak_resident_bytes() const {
  std::ifstream status("/proc/" + std::to_string(process_->pid()) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) << 10;
  }
  return 0;
}

std::string LeatServer::sql_uri() const {
  return "postgresql://leat@127.0.0.1:" + std::to_string(sql_port_) + "/leat?connect_timeout=10";
}

std::string LeatServer::log_text() const {
  std::ifstream file(dir_ / "leat.log");
  return std::string((std::istreambuf_iterator<char>(file)), {});
}

std::string LeatServer::log_end(size_t bytes) const {
  std::string text = log_text();
  return text.size() > bytes ? text.substr(text.size() - bytes) : text;
}

Result<std::string> LeatServer::run_command(const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv = {LEAT_BINARY};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  argv.insert(argv.end(), {"--config", dir_ / "leat.yaml"});
  return run_to_end({.argv = argv, .environment = {}, .output_path = {}, .user = ""});
}

}  // namespace leat::test
