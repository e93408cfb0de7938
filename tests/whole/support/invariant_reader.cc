#include "tests/whole/support/invariant_reader.h"

#include <chrono>

#include "tests/whole/support/bank.h"

namespace leat::test {

using namespace std::chrono_literals;

void InvariantReader::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void InvariantReader::read() {
  while (!stopping_) {
    auto client = PostgresClient::connect(uri_);
    while (client.ok() && !stopping_ && read_once(**client)) std::this_thread::sleep_for(1ms);
    std::this_thread::sleep_for(5ms);
  }
}

// False where the connection is of no more use.
bool InvariantReader::read_once(PostgresClient& client) {
  if (!client.execute("BEGIN ISOLATION LEVEL REPEATABLE READ").ok()) return false;
  auto totals = client.query(
      "SELECT a.total, v.total FROM account_total a JOIN vault_total v ON a.n * 0 = v.n * 0");
  auto cut = client.value("SHOW CUT");
  bool ended = client.execute("COMMIT").ok();
  if (totals.ok() && totals->size() == 1 && cut.ok()) {
    check((*totals)[0][0].value_or(""), (*totals)[0][1].value_or(""), *cut);
  }
  return ended;
}

void InvariantReader::check(const std::string& accounts, const std::string& vaults,
                            const std::string& cut_text) {
  ++reads_;
  uint64_t cut = std::stoull(cut_text);
  double total = std::stod(accounts) + std::stod(vaults);
  std::string seen = "cut " + cut_text + ": " + accounts + " + " + vaults;
  if (total != static_cast<double>(kBankTotal)) violations_.push_back("not whole: " + seen);
  if (cut < last_cut_) {
    violations_.push_back("went back from cut " + std::to_string(last_cut_) + ": " + seen);
  }
  last_cut_ = cut;
}

}  // namespace leat::test
