// A small bank as the source of exactness tests: accounts and vaults between which money only
// moves, so that the sum over both tables is the same in every whole transaction, and in no part of
// one.
#pragma once

#include <atomic>
#include <cstdint>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/postgres_server.h"

namespace leat::test {

inline constexpr int64_t kBankTotal = 1'000'000;

// Tables: branches (default identity), accounts (default identity, a large note that most updates
// leave alone), vaults (REPLICA IDENTITY FULL, truncated now and then), marks (how far the stream
// is).
Status create_bank(PostgresClient& client, int account_count);

// Threads that run random transactions until stop(). A transaction that the server rolls back
// (deadlock, connection lost) is simply left.
class BankWriters {
 public:
  BankWriters(std::string uri, int thread_count, uint64_t seed);
  ~BankWriters() { stop(); }
  void stop();
  uint64_t transactions() const { return transactions_; }

 private:
  void write(uint64_t seed);

  std::string uri_;
  std::atomic<bool> stopping_ = false;
  std::atomic<uint64_t> transactions_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace leat::test
