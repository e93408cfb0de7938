// log-append, log-read and log-commit: the log's engine against the machine below it.
//
//   log-append   1 KB and 100 B records, durable in large cuts, against writing the same bytes to
//   one
//                file and syncing it once (dd conv=fdatasync); the ratio is that of 1 KB
//   log-read     the same records of 100 B read back cut by cut; ratio = records/s ÷ 5M
//   log-commit   one record a cut, over 200 topics of 4 partitions, against appending 4 KiB to one
//                preallocated file and syncing it; ratio = median there ÷ median here
//
// Arguments: the workloads to run; none: all.
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "bench/harness.h"
#include "log/local_log.h"
#include "tests/support/process.h"

namespace leat::bench {
namespace {

using log::BeginGeneration;
using log::CommitUnit;
using log::CreateTopic;
using log::LocalLog;
using log::PartitionAppend;
using log::SwitchGeneration;

constexpr int kPartitions = 4;
constexpr size_t kAppendBytes = size_t{1} << 30;
constexpr size_t kUnitBytes = 4 << 20;
constexpr auto kLongest = std::chrono::seconds(60);

std::unique_ptr<LocalLog> open_log(const std::string& dir) {
  return take(LocalLog::open({.fs = Fs::posix(), .clock = Clock::system(), .dir = dir}));
}

void commit(LocalLog& log, CommitUnit unit) {
  auto ticket = take(log.submit(std::move(unit)));
  if (!take(log.wait_durable(ticket, kLongest))) fail("a commit took longer than a minute");
}

GenerationId make_topic(LocalLog& log, const std::string& topic) {
  GenerationId generation = log.allocate_generation();
  CommitUnit unit;
  unit.edits = {CreateTopic{topic, log::TopicKind::table},
                BeginGeneration{topic, generation, SchemaId(1), kPartitions},
                SwitchGeneration{topic, generation}};
  commit(log, std::move(unit));
  return generation;
}

// A record of RECORD_BYTES in all, as the log keeps it.
void add_record(log::RecordBuffer* to, uint64_t number, size_t record_bytes) {
  static const std::string filler(1 << 12, 'v');
  constexpr size_t kKeyBytes = 9;
  constexpr size_t kHeaderBytes = 30;
  std::string key = fmt::format("{:09}", number);
  size_t value_bytes = record_bytes - kKeyBytes - kHeaderBytes;
  to->add(static_cast<int64_t>(number), key, std::string_view(filler).substr(0, value_bytes),
          std::string_view(filler).substr(0, kHeaderBytes));
}

CommitUnit unit_of(GenerationId generation, uint64_t first, size_t records, size_t record_bytes) {
  CommitUnit unit;
  for (int i = 0; i < kPartitions; ++i)
    unit.appends.push_back({{generation, PartitionIndex(i)}, {}});
  for (size_t i = 0; i < records; ++i) {
    add_record(&unit.appends[i % kPartitions].records, first + i, record_bytes);
  }
  return unit;
}

// --- log-append -------------------------------------------------------------------------------

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

// Returns the rate in bytes per second; the records stay in the topic "records".
double append(LocalLog& log, size_t record_bytes) {
  GenerationId generation = make_topic(log, "records");
  size_t per_unit = kUnitBytes / record_bytes;
  size_t units = kAppendBytes / kUnitBytes;
  // Made before the clock starts: the writer is another thread's work.
  std::vector<CommitUnit> ready;
  for (size_t i = 0; i < units; ++i)
    ready.push_back(unit_of(generation, i * per_unit, per_unit, record_bytes));
  auto start = now();
  log::Ticket last{0};
  for (CommitUnit& unit : ready) last = take(log.submit(std::move(unit)));
  if (!take(log.wait_durable(last, kLongest))) fail("appending took longer than a minute");
  double seconds = seconds_since(start);
  double records = static_cast<double>(per_unit * units);
  fmt::print("log-append: {} B: {:.2f}M records/s, {:.0f} MB/s\n", record_bytes,
             records / seconds / 1e6, records * static_cast<double>(record_bytes) / seconds / 1e6);
  return records * static_cast<double>(record_bytes) / seconds;
}

void run_append() {
  test::TempDir dir;
  double rate = 0;
  for (size_t record_bytes : {100, 1000}) {
    auto log = open_log(dir / fmt::format("log-{}", record_bytes));
    rate = append(*log, record_bytes);
    require(log->close());
  }
  double reference = reference_write_rate(dir / "reference", kAppendBytes);
  fmt::print("log-append: reference {:.0f} MB/s\nlog-append ratio={:.2f}\n", reference / 1e6,
             rate / reference);
}

// --- log-read ---------------------------------------------------------------------------------

void run_read() {
  constexpr double kAim = 5e6;
  test::TempDir dir;
  auto log = open_log(dir / "log");
  append(*log, 100);
  size_t expected = kAppendBytes / kUnitBytes * (kUnitBytes / 100);
  auto reader = take(log->read_cuts({"records"}, {}));
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
  if (records != expected || key_bytes != 9 * expected) fail("not all records were read");
  fmt::print("log-read: {:.2f}M records/s\nlog-read ratio={:.2f}\n", rate / 1e6, rate / kAim);
}

// --- log-commit -------------------------------------------------------------------------------

struct Latencies {
  std::vector<double> us;
  void add(SteadyTime start) { us.push_back(seconds_since(start) * 1e6); }
  double quantile(double q) {
    std::sort(us.begin(), us.end());
    return us[static_cast<size_t>(q * static_cast<double>(us.size() - 1))];
  }
};

constexpr int kCommits = 20'000;

Latencies reference_syncs(const std::string& path) {
  constexpr uint64_t kFileBytes = 64 << 20;
  auto file = take(Fs::posix().open(path, OpenMode::create_new));
  std::string block(1 << 20, '\0');
  for (uint64_t at = 0; at < kFileBytes; at += block.size()) require(file->write_at(at, block));
  require(file->sync());
  block.assign(4096, 'x');
  Latencies latencies;
  for (uint64_t i = 0; i < kCommits; ++i) {
    auto start = now();
    require(file->write_at(i * block.size() % kFileBytes, block));
    require(file->sync());
    latencies.add(start);
  }
  return latencies;
}

void run_commit() {
  constexpr int kTopics = 200;
  test::TempDir dir;
  auto log = open_log(dir / "log");
  std::vector<GenerationId> topics;
  for (int i = 0; i < kTopics; ++i) topics.push_back(make_topic(*log, fmt::format("topic{}", i)));
  Latencies latencies;
  for (int i = 0; i < kCommits; ++i) {
    CommitUnit unit;
    GenerationId topic = topics[static_cast<size_t>(i % kTopics)];
    unit.appends.push_back({{topic, PartitionIndex(i / kTopics % kPartitions)}, {}});
    add_record(&unit.appends[0].records, static_cast<uint64_t>(i), 100);
    auto start = now();
    commit(*log, std::move(unit));
    latencies.add(start);
  }
  log::LogHealth health = log->health();
  require(log->close());
  Latencies reference = reference_syncs(dir / "reference");
  fmt::print(
      "log-commit: p50 {:.0f} us, p99 {:.0f} us (of it the sync: p50 {} us, p99 {} us; {} "
      "checkpoints)\n",
      latencies.quantile(0.5), latencies.quantile(0.99), health.sync_us_p50, health.sync_us_p99,
      health.checkpoints_total);
  fmt::print("log-commit: reference p50 {:.0f} us, p99 {:.0f} us\n", reference.quantile(0.5),
             reference.quantile(0.99));
  fmt::print("log-commit ratio={:.2f}\n", reference.quantile(0.5) / latencies.quantile(0.5));
}

}  // namespace
}  // namespace leat::bench

int main(int argc, char** argv) {
  std::set<std::string> wanted(argv + 1, argv + argc);
  auto is_wanted = [&](const char* name) { return wanted.empty() || wanted.contains(name); };
  if (is_wanted("log-append")) leat::bench::run_append();
  if (is_wanted("log-read")) leat::bench::run_read();
  if (is_wanted("log-commit")) leat::bench::run_commit();
}
