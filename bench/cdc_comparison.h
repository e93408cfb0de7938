// What the benchmarks of the readers share: each takes the same work from a database's own log, as
// Leat does into durable topics and as the database's own tool does into nothing.
#pragma once

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/harness.h"
#include "cdc/row_store_table.h"
#include "cdc/source.h"
#include "log/base/clock.h"
#include "log/local_log.h"
#include "log/store/store.h"
#include "tests/support/process.h"

namespace leat::bench {

struct Workload {
  std::string name;
  std::string setup;  // after CREATE TABLE; as many rows as the run changes, or none
  std::string run;
  uint64_t rows;
  bool counts;  // towards the ratio
};

// The log and the state that a source writes to.
class CaptureTarget {
 public:
  CaptureTarget() {
    log_ = take(log::LocalLog::open({Fs::posix(), Clock::system(), dir_ / "log"}));
    store::StoreOptions options;
    options.path = dir_ / "state";
    options.tables = {"rows"};
    store_ = take(store::Store::open(options));
  }

  std::string spill_dir() const { return dir_ / "spill"; }
  log::LocalLog& log() { return *log_; }
  cdc::RowStoreTable rows() { return {store_.get(), store::TableId(0)}; }

  // Runs SOURCE until PASSED says so of the position that the log holds of NAME.
  void run_until(cdc::Source& source, const std::string& name,
                 const std::function<bool(const std::string&)>& passed) {
    source.start();
    while (true) {
      auto state = log_->state();
      auto found = state->source_positions.find(name);
      if (found != state->source_positions.end() && passed(found->second)) return;
      if (source.status().state == cdc::SourceState::stopped) fail(source.status().last_error);
      (void)take(log_->wait_cut(state->cut, std::chrono::seconds(1)));
    }
  }

  // Every change of WORKLOAD is in TOPIC.
  void check_rows(const std::string& topic, const Workload& workload) {
    uint64_t records = 0;
    auto state = log_->state();
    for (const auto& partition : state->find(topic)->current->partitions) {
      records += static_cast<uint64_t>(partition.end.value());
    }
    uint64_t expected = workload.rows + (workload.setup.empty() ? 0 : workload.rows);
    if (records == expected) return;
    fail(fmt::format("{}: {} records instead of {}", workload.name, records, expected));
  }

 private:
  test::TempDir dir_;
  std::unique_ptr<log::LocalLog> log_;
  std::unique_ptr<store::Store> store_;
};

// One workload's rows per second.
struct Rates {
  double leat;
  double peer;  // the better one of its runs before and after Leat's
};

// Prints each workload's rates, those only whose name holds ONLY, and last the worst ratio.
inline void compare(const std::string& benchmark, const std::string& peer,
                    const std::vector<Workload>& workloads, const std::string& only,
                    const std::function<Rates(const Workload&, const std::string&)>& run) {
  double worst = 0;
  int number = 0;
  for (const Workload& workload : workloads) {
    if (workload.name.find(only) == std::string::npos) continue;
    Rates rates = run(workload, fmt::format("bench{}", ++number));
    double ratio = rates.leat / rates.peer;
    fmt::print("{} {}: {:.0f} rows/s, {} {:.0f} rows/s, ratio {:.2f}\n", benchmark, workload.name,
               rates.leat, peer, rates.peer, ratio);
    if (workload.counts) worst = worst == 0 ? ratio : std::min(worst, ratio);
  }
  fmt::print("{} ratio={:.2f}\n", benchmark, worst);
}

}  // namespace leat::bench
