// log-read: 1 GiB of records of 100 B read cut by cut by one thread; ratio = records/s ÷ 5M. Where
// Kafka's jars are there, its consumer reads as large ones from a broker in the same run.
#include <spdlog/fmt/fmt.h>

#include "bench/kafka/kafka_peer.h"
#include "bench/log_workload.h"
#include "tests/support/process.h"

namespace leat::bench {
namespace {

constexpr double kAim = 5e6;  // records per second
constexpr size_t kRecordBytes = 100;

// Records per second.
double read_rate(log::LocalLog& log, size_t expected) {
  auto reader = take(log.read_cuts({"records"}, {}));
  auto start = now();
  size_t records = 0;
  size_t key_bytes = 0;
  while (auto step = take(reader->next(1 << 20, CutId(UINT64_MAX), std::chrono::milliseconds(0)))) {
    for (const log::TopicChunk& chunk : step->chunks) {
      records += chunk.records.size();
      for (const log::RecordView& record : chunk.records) key_bytes += record.key.size();
    }
  }
  double rate = static_cast<double>(records) / seconds_since(start);
  if (records != expected || key_bytes != kRecordKeyBytes * expected) {
    fail("not all records were read");
  }
  return rate;
}

void run() {
  test::TempDir dir;
  size_t units = from_environment("LEAT_BENCH_BYTES", uint64_t{1} << 30) / kLogUnitBytes;
  auto log = open_log(dir / "log");
  append_units(*log, units, kRecordBytes);
  double rate = read_rate(*log, units * records_per_unit(kRecordBytes));
  fmt::print("log-read: {:.2f}M records/s\n", rate / 1e6);
  if (auto kafka = KafkaPeer::start()) {
    constexpr uint64_t kRecords = 2'000'000;
    take(kafka->produce(kRecords, kRecordBytes));
    double theirs = take(kafka->consume(kRecords));
    fmt::print("log-read: Kafka's consumer: {:.2f}M records/s, ratio to it {:.1f}\n", theirs / 1e6,
               rate / theirs);
  }
  fmt::print("log-read ratio={:.2f}\n", rate / kAim);
}

}  // namespace
}  // namespace leat::bench

int main() {
  leat::bench::run();
}
