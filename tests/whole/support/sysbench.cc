#include "tests/whole/support/sysbench.h"

#include <chrono>
#include <filesystem>

namespace leat::test {

using namespace std::chrono_literals;

std::string Sysbench::why_missing() {
  if (std::filesystem::exists("/usr/bin/sysbench")) return "";
  return "there is no sysbench (/usr/bin/sysbench); ./dev setup gets it";
}

std::vector<std::string> Sysbench::command(const std::string& what) const {
  return {"sysbench",
          "oltp_read_write",
          "--db-driver=mysql",
          "--mysql-host=127.0.0.1",
          "--mysql-port=" + std::to_string(port_),
          "--mysql-user=root",
          "--mysql-db=" + database_,
          "--mysql-ignore-errors=all",
          "--tables=" + std::to_string(kTables),
          "--table-size=" + std::to_string(rows_),
          "--rand-type=uniform",
          "--threads=3",
          "--rate=150",
          "--time=600",
          what};
}

Status Sysbench::prepare(int rows) {
  rows_ = rows;
  auto made =
      run_to_end({.argv = command("prepare"), .environment = {}, .output_path = {}, .user = {}});
  return made.ok() ? Status() : Status(made.error());
}

void Sysbench::start() {
  stopping_ = false;
  thread_ = std::thread([this] { write(); });
}

void Sysbench::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

// The process dies with the object: what it has not committed then is rolled back.
void Sysbench::write() {
  while (!stopping_) {
    auto process = Process::start({.argv = command("run"),
                                   .environment = {},
                                   .output_path = dir_ / "sysbench.log",
                                   .user = {}});
    while (process.ok() && !stopping_ && process->running()) std::this_thread::sleep_for(20ms);
    std::this_thread::sleep_for(50ms);
  }
}

}  // namespace leat::test
