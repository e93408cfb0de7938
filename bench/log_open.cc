// log-open: the seconds to open a log of 10 GB (LEAT_BENCH_BYTES) that a process wrote which was
// then killed with SIGKILL; ratio = 1 s ÷ that.
#include <spdlog/fmt/fmt.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "bench/log_workload.h"
#include "tests/support/process.h"

namespace leat::bench {
namespace {

constexpr double kAimSeconds = 1;
constexpr size_t kRecordBytes = 100;

// Writes large cuts, then small ones, which recovery finds in the journal; does not return.
[[noreturn]] void write_and_die(const std::string& dir, uint64_t bytes) {
  auto log = open_log(dir);
  GenerationId generation = make_topic(*log, "records");
  uint64_t number = 0;
  for (uint64_t written = 0; written < bytes; written += kLogUnitBytes) {
    commit(*log, unit_of(generation, number, kRecordBytes));
    number += records_per_unit(kRecordBytes);
  }
  for (int i = 0; i < 2000; ++i) {
    log::CommitUnit unit;
    unit.appends.push_back({{generation, PartitionIndex(i % kLogPartitions)}, {}});
    add_record(&unit.appends[0].records, number++, kRecordBytes);
    commit(*log, std::move(unit));
  }
  ::kill(::getpid(), SIGKILL);
  std::abort();
}

void run() {
  test::TempDir dir;
  uint64_t bytes = from_environment("LEAT_BENCH_BYTES", uint64_t{10'000'000'000});
  pid_t child = ::fork();
  if (child == 0) write_and_die(dir / "log", bytes);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
    fail("the writer did not get to its end");

  auto start = now();
  auto log = open_log(dir / "log");
  double seconds = seconds_since(start);
  uint64_t found = 0;
  for (const auto& partition : log->state()->find("records")->current->partitions) {
    found += partition.bytes;
  }
  if (found < bytes) fail("records are missing");
  fmt::print("log-open: {:.1f} GB in {:.3f} s\n", static_cast<double>(found) / 1e9, seconds);
  fmt::print("log-open ratio={:.2f}\n", kAimSeconds / seconds);
}

}  // namespace
}  // namespace leat::bench

int main() {
  leat::bench::run();
}
