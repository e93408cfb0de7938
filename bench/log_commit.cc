// log-commit: one record a cut, over 200 topics of 4 partitions, against appending 4 KiB to one
// preallocated file and syncing it; ratio = the median there ÷ the median here. The two take turns,
// so that they meet the same disk.
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "bench/log_workload.h"
#include "tests/support/process.h"

namespace leat::bench {
namespace {

constexpr size_t kTopics = 200;
constexpr size_t kCommits = 20'000;
constexpr size_t kTurn = 1000;  // commits, then as many bare syncs

struct Latencies {
  std::vector<double> us;
  double quantile(double q) {
    std::sort(us.begin(), us.end());
    return us[static_cast<size_t>(q * static_cast<double>(us.size() - 1))];
  }
};

class BareFile {
 public:
  explicit BareFile(const std::string& path)
      : file_(take(Fs::posix().open(path, OpenMode::create_new))) {
    std::string block(1 << 20, '\0');
    for (uint64_t at = 0; at < kFileBytes; at += block.size()) require(file_->write_at(at, block));
    require(file_->sync());
  }
  void append() {
    static const std::string block(4096, 'x');
    require(file_->write_at(at_, block));
    require(file_->sync());
    at_ = (at_ + block.size()) % kFileBytes;
  }

 private:
  static constexpr uint64_t kFileBytes = 64 << 20;
  std::unique_ptr<File> file_;
  uint64_t at_ = 0;
};

void run() {
  test::TempDir dir;
  auto log = open_log(dir / "log");
  std::vector<GenerationId> topics;
  for (size_t i = 0; i < kTopics; ++i)
    topics.push_back(make_topic(*log, fmt::format("topic{}", i)));
  BareFile bare(dir / "reference");
  Latencies ours;
  Latencies theirs;
  for (size_t i = 0; i < kCommits; ++i) {
    log::CommitUnit unit;
    auto partition = static_cast<int32_t>(i / kTopics % kLogPartitions);
    unit.appends.push_back({{topics[i % kTopics], PartitionIndex(partition)}, {}});
    add_record(&unit.appends[0].records, i, 100);
    auto start = now();
    commit(*log, std::move(unit));
    ours.us.push_back(seconds_since(start) * 1e6);
    for (size_t bares = 0; i % kTurn == kTurn - 1 && bares < kTurn; ++bares) {
      start = now();
      bare.append();
      theirs.us.push_back(seconds_since(start) * 1e6);
    }
  }
  log::LogHealth health = log->health();
  require(log->close());
  fmt::print(
      "log-commit: p50 {:.0f} us, p99 {:.0f} us (of it the sync: p50 {} us, p99 {} us; {} "
      "checkpoints)\n",
      ours.quantile(0.5), ours.quantile(0.99), health.sync_us_p50, health.sync_us_p99,
      health.checkpoints_total);
  fmt::print("log-commit: bare p50 {:.0f} us, p99 {:.0f} us\n", theirs.quantile(0.5),
             theirs.quantile(0.99));
  fmt::print("log-commit ratio={:.2f}\n", theirs.quantile(0.5) / ours.quantile(0.5));
}

}  // namespace
}  // namespace leat::bench

int main() {
  leat::bench::run();
}
