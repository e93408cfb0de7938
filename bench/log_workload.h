// What the benchmarks of the log write into it: a topic of four partitions, and records of a stated
// size, made before the clock starts (making them is the writer's work, on a thread of its own).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/harness.h"
#include "log/local_log.h"

namespace leat::bench {

inline constexpr int kLogPartitions = 4;
inline constexpr size_t kLogUnitBytes = 4 << 20;
inline constexpr size_t kRecordKeyBytes = 9;
inline constexpr auto kLogLongest = std::chrono::seconds(120);

// With as many open files as `leat run` takes where the system gives them.
inline std::unique_ptr<log::LocalLog> open_log(const std::string& dir) {
  constexpr size_t kOpenFilesMax = 4096;
  return take(log::LocalLog::open(
      {.fs = Fs::posix(), .clock = Clock::system(), .dir = dir, .open_files_max = kOpenFilesMax}));
}

// Submits UNIT and waits until it is durable.
inline void commit(log::LocalLog& log, log::CommitUnit unit) {
  auto ticket = take(log.submit(std::move(unit)));
  if (!take(log.wait_durable(ticket, kLogLongest))) fail("a commit took longer than two minutes");
}

inline GenerationId make_topic(log::LocalLog& log, const std::string& topic) {
  GenerationId generation = log.allocate_generation();
  log::CommitUnit unit;
  unit.edits = {log::CreateTopic{topic, log::TopicKind::table},
                log::BeginGeneration{topic, generation, SchemaId(1), kLogPartitions},
                log::SwitchGeneration{topic, generation}};
  commit(log, std::move(unit));
  return generation;
}

// A record of RECORD_BYTES in all: key, value, and 30 bytes of header.
inline void add_record(log::RecordBuffer* to, uint64_t number, size_t record_bytes) {
  static const std::string filler(1 << 12, 'v');
  constexpr size_t kHeaderBytes = 30;
  std::string key = std::to_string(number % 1'000'000'000);
  key.insert(0, kRecordKeyBytes - key.size(), '0');
  size_t value_bytes = record_bytes - kRecordKeyBytes - kHeaderBytes;
  to->add(static_cast<int64_t>(number), key, std::string_view(filler).substr(0, value_bytes),
          std::string_view(filler).substr(0, kHeaderBytes));
}

inline size_t records_per_unit(size_t record_bytes) {
  return kLogUnitBytes / record_bytes;
}

// Records FIRST and on, as many as make kLogUnitBytes.
inline log::CommitUnit unit_of(GenerationId generation, uint64_t first, size_t record_bytes) {
  log::CommitUnit unit;
  for (int i = 0; i < kLogPartitions; ++i) {
    unit.appends.push_back({{generation, PartitionIndex(i)}, {}});
  }
  for (size_t i = 0; i < records_per_unit(record_bytes); ++i) {
    add_record(&unit.appends[i % kLogPartitions].records, first + i, record_bytes);
  }
  return unit;
}

// Appends UNITS units of such records to the new topic "records"; the seconds until all are
// durable.
inline double append_units(log::LocalLog& log, size_t units, size_t record_bytes) {
  GenerationId generation = make_topic(log, "records");
  std::vector<log::CommitUnit> ready;
  for (size_t i = 0; i < units; ++i) {
    ready.push_back(unit_of(generation, i * records_per_unit(record_bytes), record_bytes));
  }
  auto start = now();
  log::Ticket last{0};
  for (log::CommitUnit& unit : ready) last = take(log.submit(std::move(unit)));
  if (!take(log.wait_durable(last, kLogLongest))) fail("appending took longer than two minutes");
  return seconds_since(start);
}

// The environment variable NAME as a number, else FALLBACK.
inline uint64_t from_environment(const char* name, uint64_t fallback) {
  const char* given = std::getenv(name);
  return given == nullptr ? fallback : std::strtoull(given, nullptr, 10);
}

}  // namespace leat::bench
