// A log in memory that is filled cut by cut, and what a reader of it gives, as lines: "+key" and
// "-key" for the records of a step, "=cut" where it ends one.
#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "log/local_log.h"
#include "tests/support/recording_fs.h"

namespace leat::log::test {

using Lines = std::vector<std::string>;
inline constexpr CutId kNoLimit(UINT64_MAX);

// A log in memory whose every unit is a cut of its own.
class CutLog {
 public:
  CutLog() { reopen(); }

  void reopen() {
    log.reset();
    LocalLogOptions options{.fs = fs, .clock = Clock::system(), .dir = "/data"};
    options.journal_bytes = 1 << 20;
    options.segment_bytes_max = 16 << 10;
    options.on_fatal = [](const Error&) {};
    log = *LocalLog::open(std::move(options));
  }

  void commit(CommitUnit unit) {
    auto ticket = log->submit(std::move(unit));
    if (!ticket.ok()) FAIL(ticket.error().message());
    REQUIRE(*log->wait_durable(*ticket, std::chrono::seconds(10)));
  }

  GenerationId begin(const std::string& topic, int partitions = 2) {
    GenerationId generation = log->allocate_generation();
    CommitUnit unit;
    unit.edits = {CreateTopic{topic, TopicKind::table},
                  BeginGeneration{topic, generation, SchemaId(1), partitions}};
    commit(std::move(unit));
    return generation;
  }
  void switch_to(const std::string& topic, GenerationId generation, CommitUnit with = {}) {
    with.edits.push_back(SwitchGeneration{topic, generation});
    commit(std::move(with));
  }
  GenerationId make_topic(const std::string& topic, int partitions = 2) {
    GenerationId generation = begin(topic, partitions);
    switch_to(topic, generation);
    return generation;
  }

  static PartitionAppend records(GenerationId generation, int partition, const Lines& keys,
                                 size_t value_bytes = 5) {
    PartitionAppend append{{generation, PartitionIndex(partition)}, {}};
    for (const std::string& key : keys)
      append.records.add(1, key, std::string(value_bytes, 'v'), "h");
    return append;
  }
  void put(GenerationId generation, int partition, const Lines& keys, size_t value_bytes = 5) {
    CommitUnit unit;
    unit.appends.push_back(records(generation, partition, keys, value_bytes));
    commit(std::move(unit));
  }

  std::unique_ptr<CutReader> reader(Lines topics, const ReadPosition& from = {}) {
    auto opened = log->read_cuts(std::move(topics), from);
    if (!opened.ok()) FAIL(opened.error().message());
    return std::move(*opened);
  }

  std::shared_ptr<leat::test::SimulatedDisk> disk = std::make_shared<leat::test::SimulatedDisk>();
  leat::test::RecordingFs fs{disk};
  std::unique_ptr<LocalLog> log;
};

inline Lines lines_of(const ReadStep& step) {
  Lines lines;
  for (const TopicChunk& chunk : step.chunks) {
    for (const RecordView& record : chunk.records) {
      lines.push_back((chunk.retracts ? "-" : "+") + std::string(record.key));
    }
  }
  if (step.ends_cut) lines.push_back("=" + std::to_string(step.cut.value()));
  return lines;
}

// What a reader gives from its position on.
inline Lines drain(CutReader& reader, size_t bytes_max = 1 << 20, CutId limit = kNoLimit) {
  Lines lines;
  while (true) {
    auto step = reader.next(bytes_max, limit, std::chrono::milliseconds(0));
    if (!step.ok()) FAIL(step.error().message());
    if (!*step) return lines;
    Lines more = lines_of(**step);
    lines.insert(lines.end(), more.begin(), more.end());
  }
}

inline Lines numbered(int from, int count) {
  Lines keys;
  for (int i = from; i < from + count; ++i) keys.push_back("k" + std::to_string(i));
  return keys;
}

}  // namespace leat::log::test
