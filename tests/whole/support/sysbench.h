// sysbench's oltp_read_write (Debian's package) as a writer that goes on whatever happens to its
// server.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "log/base/status.h"
#include "tests/support/process.h"

namespace leat::test {

class Sysbench {
 public:
  static constexpr int kTables = 3;

  // Of a database on a server at PORT of 127.0.0.1, as root without a password.
  Sysbench(int port, std::string database) : port_(port), database_(std::move(database)) {}
  ~Sysbench() { stop(); }

  // Why it cannot run on this machine; empty where it can.
  static std::string why_missing();

  // Makes the tables sbtest1 … in the database, with so many rows each.
  Status prepare(int rows);
  // Writes until stop(); starts anew where it ended.
  void start();
  void stop();

 private:
  std::vector<std::string> command(const std::string& what) const;
  void write();

  int port_;
  std::string database_;
  int rows_ = 0;
  TempDir dir_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace leat::test
