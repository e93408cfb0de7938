// A log in memory with one partition of one table topic, and what its records should come to.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compaction/partition_compaction.h"
#include "log/local_log.h"
#include "log/model/change.h"
#include "tests/support/random.h"
#include "tests/support/recording_fs.h"

namespace leat::compaction::test {

using namespace leat::log;
using leat::test::Random;
using leat::test::RecordingFs;
using leat::test::SimulatedDisk;

// A clock that stands still until it is moved.
class ManualClock final : public Clock {
 public:
  int64_t unix_us() const override { return now_ms * 1000; }
  std::chrono::nanoseconds monotonic() const override { return std::chrono::milliseconds(now_ms); }
  int64_t now_ms = 1'000'000;
};

// A record as the tests look at it.
struct Entry {
  int64_t offset = 0;
  int64_t timestamp_ms = 0;
  std::string key;
  std::optional<std::string> value;
  std::optional<std::string> before;

  friend bool operator==(const Entry&, const Entry&) = default;
};

inline std::string header_with(const std::optional<std::string>& before) {
  ChangeHeader header;
  header.transaction_id = 7;
  header.commit_position = "position";
  if (before) header.before = RowImage{SchemaId(1), *before};
  std::string bytes;
  append_change_header(header, &bytes);
  return bytes;
}

inline Entry entry_of(const RecordView& record) {
  Entry entry{record.offset.value(), record.timestamp_ms, std::string(record.key), {}, {}};
  if (record.value) entry.value = std::string(*record.value);
  auto header = decode_change_header(record.change_header);
  REQUIRE(header.ok());
  if (header->before) entry.before = std::string(header->before->row);
  return entry;
}

class TableLog {
 public:
  static constexpr const char* kTopic = "shop.public.orders";

  explicit TableLog(std::shared_ptr<SimulatedDisk> over = std::make_shared<SimulatedDisk>())
      : disk(std::move(over)) {
    reopen();
  }

  void reopen() {
    log.reset();
    LocalLogOptions options{.fs = fs, .clock = clock, .dir = "/data"};
    options.journal_bytes = 256 << 10;
    options.segment_bytes_max = 4000;
    options.kept_room_bytes = kept_room_bytes;
    options.inline_bytes_max = inline_bytes_max;
    options.retry_delay_max = std::chrono::milliseconds(1);
    options.on_fatal = [](const Error&) {};
    auto opened = LocalLog::open(std::move(options));
    if (!opened.ok()) FAIL(opened.error().message());
    log = std::move(*opened);
    if (log->state()->find(kTopic) == nullptr) make_topic();
    generation = log->state()->find(kTopic)->current->id;
  }

  void commit(CommitUnit unit) {
    auto ticket = log->submit(std::move(unit));
    if (!ticket.ok()) FAIL(ticket.error().message());
    REQUIRE(*log->wait_durable(*ticket, std::chrono::seconds(10)));
  }

  void make_topic() {
    GenerationId fresh = log->allocate_generation();
    CommitUnit unit;
    unit.edits = {CreateTopic{kTopic, TopicKind::table, {}},
                  BeginGeneration{kTopic, fresh, SchemaId(1), 1}, SwitchGeneration{kTopic, fresh}};
    commit(std::move(unit));
  }

  // The next generation takes the place of this one; empty.
  void make_topic_again() {
    make_topic();
    generation = log->state()->find(kTopic)->current->id;
    rows.clear();
    history.clear();
  }

  PartitionId partition() const { return {generation, PartitionIndex(0)}; }

  // Sets KEY to VALUE, or deletes it; a cut of its own.
  void put(const std::string& key, const std::optional<std::string>& value) {
    put_all({{key, value}});
  }
  void put_all(const std::vector<std::pair<std::string, std::optional<std::string>>>& changes) {
    CommitUnit unit;
    unit.appends.push_back({partition(), {}});
    for (const auto& [key, value] : changes) {
      auto before = rows.find(key);
      std::optional<std::string> was;
      if (before != rows.end()) was = before->second;
      history.push_back({static_cast<int64_t>(history.size()), clock.now_ms, key, value, was});
      unit.appends[0].records.add(clock.now_ms, key, value, header_with(was));
      if (value) rows[key] = *value;
      if (!value) rows.erase(key);
    }
    commit(std::move(unit));
  }
  // COUNT changes of random keys below KEYS.
  void put_random(Random& random, int count, size_t keys) {
    for (int i = 0; i < count;) {
      std::vector<std::pair<std::string, std::optional<std::string>>> changes;
      for (size_t n = 1 + random.below(8); n > 0 && i < count; --n, ++i) {
        std::string key = "key" + std::to_string(random.below(keys));
        bool deletes = rows.contains(key) && random.one_in(4);
        std::string value =
            "value" + std::to_string(history.size()) + std::string(random.below(80), 'x');
        changes.emplace_back(key, deletes ? std::nullopt : std::optional(value));
      }
      put_all(changes);
    }
  }

  void roll() { log->segments().roll(partition()); }

  CompactionInput input() const {
    CompactionInput input{partition(), *log->segments().closed_segments(partition()), 0};
    Offset horizon = state().cleaned_horizon;
    for (const SegmentState& each : input.segments)
      input.first_dirty += each.end <= horizon ? 1 : 0;
    return input;
  }
  // Compacts all that is closed.
  Result<CompactionTotals> try_compact(CompactionOptions options = {}) {
    options.output.segment_bytes_max = 4000;
    Pace pace(clock, 0, stop);
    Progress progress;
    return compact_partition(log->segments(), input(), options, pace, progress);
  }
  CompactionTotals compact(const CompactionOptions& options = {}) {
    auto totals = try_compact(options);
    if (!totals.ok()) FAIL(totals.error().message());
    CHECK(totals->replaced);
    return *totals;
  }

  PartitionState state() const { return log->state()->find(kTopic)->current->partitions[0]; }

  std::vector<Entry> entries(Offset from = Offset(0)) const {
    auto reader = log->read_partition(partition(), from);
    REQUIRE(reader.ok());
    std::vector<Entry> all;
    while (true) {
      auto records = (*reader)->next(1000);
      if (!records.ok()) FAIL(records.error().message());
      if (records->empty()) return all;
      for (const RecordView& record : *records) all.push_back(entry_of(record));
    }
  }

  // What is left of the history by the rules, done plainly: below HORIZON the newest of each key,
  // without `before`; of tombstones those that KEEPS says.
  template <class Keeps>
  std::vector<Entry> expected(Offset horizon, Keeps keeps) const {
    std::map<std::string, int64_t> newest;
    for (const Entry& each : history) {
      if (each.offset < horizon.value()) newest[each.key] = each.offset;
    }
    std::vector<Entry> left;
    for (Entry each : history) {
      if (each.offset < horizon.value()) {
        if (newest[each.key] != each.offset || (!each.value && !keeps(each))) continue;
        each.before.reset();
      }
      left.push_back(std::move(each));
    }
    return left;
  }

  std::shared_ptr<SimulatedDisk> disk;
  RecordingFs fs{disk};
  ManualClock clock;
  std::atomic<bool> stop{false};
  // Of a log that is opened from then on.
  uint64_t kept_room_bytes = 0;
  size_t inline_bytes_max = 1 << 20;
  std::unique_ptr<LocalLog> log;
  GenerationId generation;
  std::map<std::string, std::string> rows;  // as of now
  std::vector<Entry> history;               // by offset
};

}  // namespace leat::compaction::test
