// log-append: records of 100 B and of 1 KB, 1 GiB of each, durable in large cuts, against writing
// as many bytes to one file and syncing it once (what dd conv=fdatasync does). The ratio is that of
// 1 KB. Where Kafka's jars are there (tests/kafka fetches them), a broker with acks=all and
// flush.messages=1 takes 1 KB records in the same run, and that ratio is printed too.
#include <spdlog/fmt/fmt.h>

#include "bench/kafka/kafka_peer.h"
#include "bench/log_workload.h"
#include "tests/support/process.h"

namespace leat::bench {
namespace {

// Bytes per second into one file, synced once at its end.
double reference_write_rate(const std::string& path, uint64_t bytes) {
  auto start = now();
  auto file = take(Fs::posix().open(path, OpenMode::create_new));
  std::string block(1 << 20, 'x');
  for (uint64_t at = 0; at < bytes; at += block.size()) require(file->write_at(at, block));
  require(file->sync());
  double rate = static_cast<double>(bytes) / seconds_since(start);
  require(Fs::posix().remove_file(path));
  return rate;
}

// Bytes per second.
double append_rate(const std::string& dir, size_t units, size_t record_bytes) {
  auto log = open_log(dir);
  double seconds = append_units(*log, units, record_bytes);
  require(log->close());
  auto records = static_cast<double>(units * records_per_unit(record_bytes));
  double rate = records * static_cast<double>(record_bytes) / seconds;
  fmt::print("log-append: {} B: {:.2f}M records/s, {:.0f} MB/s\n", record_bytes,
             records / seconds / 1e6, rate / 1e6);
  return rate;
}

void run() {
  test::TempDir dir;
  uint64_t bytes = from_environment("LEAT_BENCH_BYTES", uint64_t{1} << 30);
  size_t units = bytes / kLogUnitBytes;
  append_rate(dir / "small", units, 100);
  double rate = append_rate(dir / "large", units, 1000);
  double reference = reference_write_rate(dir / "reference", bytes);
  fmt::print("log-append: one file: {:.0f} MB/s\n", reference / 1e6);
  if (auto kafka = KafkaPeer::start()) {
    double records = take(kafka->produce(200'000, 1000));
    fmt::print("log-append: Kafka (acks=all, flush.messages=1): {:.0f} MB/s, ratio to it {:.1f}\n",
               records * 1000 / 1e6, rate / (records * 1000));
  }
  fmt::print("log-append ratio={:.2f}\n", rate / reference);
}

}  // namespace
}  // namespace leat::bench

int main() {
  leat::bench::run();
}
