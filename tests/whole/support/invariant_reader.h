// Reads the views account_total and vault_total of one cut, over and over, across all the deaths of
// the server: their sum must be kBankTotal, and the cut must never go back. (In one query: it is
// refused while one of them is frozen and the other is not.)
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/postgres_server.h"

namespace leat::test {

class InvariantReader {
 public:
  explicit InvariantReader(std::string uri) : uri_(std::move(uri)), thread_([this] { read(); }) {}
  ~InvariantReader() { stop(); }

  void stop();
  uint64_t reads() const { return reads_; }
  // After stop(): what was seen that must never be.
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  void read();
  bool read_once(PostgresClient& client);
  void check(const std::string& accounts, const std::string& vaults, const std::string& cut_text);

  std::string uri_;
  std::atomic<bool> stopping_ = false;
  std::atomic<uint64_t> reads_ = 0;
  uint64_t last_cut_ = 0;
  std::vector<std::string> violations_;
  std::thread thread_;
};

}  // namespace leat::test
