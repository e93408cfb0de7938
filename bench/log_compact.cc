// log-compact: one partition of a table compacted, with a map that holds all keys and with one that
// takes several passes. Ratio = bytes of input per second of processor time ÷ 200 MB/s, with the
// large map.
//
// LEAT_BENCH_RECORDS and LEAT_BENCH_KEYS change the size (40M records of 100 B, 10M keys).
#include <spdlog/fmt/fmt.h>

#include <cstdlib>
#include <ctime>
#include <string>

#include "bench/harness.h"
#include "compaction/cleaner.h"
#include "log/local_log.h"
#include "log/model/change.h"
#include "tests/support/process.h"

namespace leat::bench {
namespace {

constexpr double kAim = 200e6;
constexpr size_t kRecordBytes = 100;
constexpr size_t kUnitRecords = 40'000;

uint64_t size_of(const char* name, uint64_t otherwise) {
  const char* given = std::getenv(name);
  return given == nullptr ? otherwise : std::strtoull(given, nullptr, 10);
}

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

GenerationId make_table(log::LocalLog& log) {
  GenerationId generation = log.allocate_generation();
  log::CommitUnit unit;
  unit.edits = {log::CreateTopic{"records", log::TopicKind::table, {}},
                log::BeginGeneration{"records", generation, SchemaId(1), 1},
                log::SwitchGeneration{"records", generation}};
  (void)take(log.submit(std::move(unit)));
  return generation;
}

void fill(log::LocalLog& log, GenerationId generation, uint64_t records, uint64_t keys) {
  std::string header;
  append_change_header({.transaction_id = 1, .commit_position = "12345678", .before = {}}, &header);
  std::string value(kRecordBytes - 9 - header.size(), 'v');
  uint64_t state = 1;
  log::Ticket last{0};
  for (uint64_t done = 0; done < records; done += kUnitRecords) {
    log::CommitUnit unit;
    unit.appends.push_back({{generation, PartitionIndex(0)}, {}});
    for (size_t i = 0; i < kUnitRecords; ++i) {
      state = state * 6364136223846793005 + 1442695040888963407;
      unit.appends[0].records.add(1, fmt::format("{:09}", (state >> 20) % keys), value, header);
    }
    last = take(log.submit(std::move(unit)));
  }
  if (!take(log.wait_durable(last, std::chrono::minutes(10))))
    fail("filling the log took longer than ten minutes");
}

// Bytes of input per second of processor time.
double compact(uint64_t map_bytes, uint64_t records, uint64_t keys) {
  test::TempDir dir;
  auto log = take(log::LocalLog::open(
      {.fs = Fs::posix(), .clock = Clock::system(), .dir = dir / "log", .on_fatal = {}}));
  fill(*log, make_table(*log), records, keys);
  compaction::CleanerOptions options;
  options.map_bytes = map_bytes;
  compaction::Cleaner cleaner(log->segments(), options);
  compaction::Progress progress;
  auto start = now();
  double cpu = cpu_seconds();
  auto totals = take(cleaner.compact_now("records", progress));
  cpu = cpu_seconds() - cpu;
  double seconds = seconds_since(start);
  auto bytes = static_cast<double>(totals.bytes_before);
  fmt::print(
      "log-compact: map of {} MB: {} passes, {:.1f}M of {:.1f}M records kept, {:.0f} MB/s per core "
      "({:.0f} MB/s by the clock)\n",
      map_bytes >> 20, totals.passes, static_cast<double>(totals.records_kept) / 1e6,
      static_cast<double>(totals.records_read) / 1e6, bytes / cpu / 1e6, bytes / seconds / 1e6);
  require(log->close());
  return bytes / cpu;
}

void run() {
  uint64_t records = size_of("LEAT_BENCH_RECORDS", 40'000'000);
  uint64_t keys = size_of("LEAT_BENCH_KEYS", 10'000'000);
  compact(uint64_t{64} << 20, records, keys);
  double rate = compact(uint64_t{512} << 20, records, keys);
  fmt::print("log-compact ratio={:.2f}\n", rate / kAim);
}

}  // namespace
}  // namespace leat::bench

int main() {
  leat::bench::run();
  return 0;
}
