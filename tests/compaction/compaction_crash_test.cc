// Random runs of a table and a stream with compaction, retention, generation switches and deletion,
// over a disk that loses power, or a process that is killed, at any moment: the log reopens to a
// prefix of what was committed with all that was acknowledged in it; a reader from the beginning
// comes to exactly the table's rows, and to all events that are not too old.
// LEAT_STATES sets how many disks are tried, LEAT_SEED which.
#include "compaction/cleaner.h"
#include "tests/compaction/compaction_fixture.h"
#include "tests/support/crash_run.h"

using namespace leat;
using namespace leat::compaction;
using namespace leat::log;
using namespace std::chrono_literals;
using compaction::test::header_with;
using compaction::test::ManualClock;
using leat::test::Random;

namespace {

constexpr const char* kTable = "shop.public.orders";
constexpr const char* kStream = "clicks";
constexpr int64_t kRetentionMs = 60'000;
using Rows = std::map<std::string, std::string>;

struct Event {
  int64_t time_ms = 0;
  std::string key;
  friend bool operator==(const Event&, const Event&) = default;
};

// What there should be.
struct Contents {
  Rows rows;
  std::vector<Event> events;  // also those that retention may have let go of
};

LocalLogOptions small_log(Fs& fs, Clock& clock) {
  LocalLogOptions options{.fs = fs, .clock = clock, .dir = "/data/log"};
  options.journal_bytes = 32 << 10;
  options.segment_bytes_max = 900;
  options.inline_bytes_max = 500;
  options.open_files_max = 3;
  options.retry_delay_max = 1ms;
  options.on_fatal = [](const Error&) {};
  return options;
}

// Calls VISIT(chunk, record) for all of TOPIC as a reader from the beginning is given it.
template <class Visit>
Status read_all(ChangeLog& log, const char* topic, size_t step_bytes, Visit&& visit) {
  LEAT_ASSIGN_OR_RETURN(auto reader, log.read_cuts({topic}, {}));
  while (true) {
    LEAT_ASSIGN_OR_RETURN(auto step, reader->next(step_bytes, CutId(UINT64_MAX), 0ms));
    if (!step) return Ok{};
    for (const TopicChunk& chunk : step->chunks) {
      for (const RecordView& record : chunk.records) LEAT_RETURN_IF_ERROR(visit(chunk, record));
    }
  }
}

// The rows as a reader from the beginning comes to hold them; or what is wrong with what it gets.
Result<Rows> fold(ChangeLog& log, size_t step_bytes) {
  Rows rows;
  auto take = [&rows](const TopicChunk& chunk, const RecordView& record) -> Status {
    auto entry = compaction::test::entry_of(record);
    bool takes_back = chunk.has_before && entry.before;
    if (takes_back && rows[entry.key] != *entry.before) {
      return Error::permanent("the row before a change of " + entry.key + " is another");
    }
    if (takes_back) rows.erase(entry.key);
    if (rows.contains(entry.key)) return Error::permanent(entry.key + " is there twice");
    if (entry.value) rows[entry.key] = *entry.value;
    return Ok{};
  };
  LEAT_RETURN_IF_ERROR(read_all(log, kTable, step_bytes, take));
  return rows;
}

Result<std::vector<Event>> events_of(ChangeLog& log, size_t step_bytes) {
  std::vector<Event> events;
  auto take = [&events](const TopicChunk&, const RecordView& record) -> Status {
    events.push_back({record.timestamp_ms, std::string(record.key)});
    return Ok{};
  };
  LEAT_RETURN_IF_ERROR(read_all(log, kStream, step_bytes, take));
  return events;
}

class CompactionCrashRun final : public leat::test::CrashRun {
 public:
  explicit CompactionCrashRun(uint64_t seed) : CrashRun(seed) {}

  size_t compactions() const { return compactions_; }
  size_t segments_expired() const { return segments_expired_; }
  size_t deletions() const { return deletions_; }

 private:
  LocalLogOptions options(Fs& fs) override { return small_log(fs, clock_); }
  void forget_after(size_t units) override { after_.resize(units + 1); }

  bool step() override {
    clock_.now_ms += 5000;
    if (random().one_in(5)) return compact();
    if (random().one_in(8)) return expire();
    if (random().one_in(6)) log().set_reader_floor("view", log().state()->cut);
    after_.push_back(after_.back());
    auto ticket = submitted(log().submit(next_unit(&after_.back())));
    return ticket.ok() && wait_durable(*ticket);
  }

  CommitUnit next_unit(Contents* contents) {
    CommitUnit unit;
    unit.position = SourcePosition{"model", std::to_string(after_.size() - 1)};
    change_table(contents, &unit);
    if (random().one_in(2)) change_stream(contents, &unit);
    return unit;
  }

  // None where the topic is not there.
  std::optional<GenerationId> current(const char* topic) {
    auto state = log().state();
    const TopicState* found = state->find(topic);
    if (found == nullptr || !found->current) return std::nullopt;
    return found->current->id;
  }

  void delete_topic(const char* topic, CommitUnit* unit) {
    unit->edits.push_back(DropTopic{topic});
    ++deletions_;
  }

  // A fresh generation with the rows as they are, or some changes, or the end of it.
  void change_table(Contents* contents, CommitUnit* unit) {
    auto generation = current(kTable);
    if (generation && random().one_in(15)) {
      contents->rows.clear();
      return delete_topic(kTable, unit);
    }
    if (!generation || random().one_in(12)) return fill_generation(contents->rows, unit);
    unit->appends.push_back({{*generation, PartitionIndex(0)}, {}});
    for (size_t n = 1 + random().below(6); n > 0; --n) change_row(&contents->rows, unit);
  }

  void fill_generation(const Rows& rows, CommitUnit* unit) {
    GenerationId generation = log().allocate_generation();
    unit->edits = {CreateTopic{kTable, TopicKind::table, {}},
                   BeginGeneration{kTable, generation, SchemaId(1), 1},
                   SwitchGeneration{kTable, generation}};
    unit->appends.push_back({{generation, PartitionIndex(0)}, {}});
    for (const auto& [key, value] : rows) {
      unit->appends.back().records.add(clock_.now_ms, key, value, header_with({}));
    }
  }

  void change_row(Rows* rows, CommitUnit* unit) {
    std::string key = "k" + std::to_string(random().below(12));
    auto at = rows->find(key);
    std::optional<std::string> before;
    if (at != rows->end()) before = at->second;
    bool deletes = before && random().one_in(3);
    std::string value = std::to_string(++values_) + std::string(random().below(60), 'v');
    std::optional<std::string_view> now = value;
    if (deletes) now.reset();
    unit->appends.back().records.add(clock_.now_ms, key, now, header_with(before));
    if (deletes) rows->erase(key);
    if (!deletes) (*rows)[key] = value;
  }

  void change_stream(Contents* contents, CommitUnit* unit) {
    auto generation = current(kStream);
    if (generation && random().one_in(15)) {
      contents->events.clear();
      return delete_topic(kStream, unit);
    }
    if (!generation) {
      TopicSettings settings;
      settings.retention_ms = kRetentionMs;
      generation = log().allocate_generation();
      unit->edits.push_back(CreateTopic{kStream, TopicKind::stream, settings});
      unit->edits.push_back(BeginGeneration{kStream, *generation, SchemaId(1), 1});
      unit->edits.push_back(SwitchGeneration{kStream, *generation});
    }
    unit->appends.push_back({{*generation, PartitionIndex(0)}, {}});
    for (size_t n = 1 + random().below(5); n > 0; --n) {
      contents->events.push_back({clock_.now_ms, "e" + std::to_string(++values_)});
      unit->appends.back().records.add(clock_.now_ms, contents->events.back().key,
                                       std::string(random().below(60), 'v'), header_with({}));
    }
  }

  // False when the process has been killed.
  bool compact() {
    auto generation = current(kTable);
    if (!generation) return true;
    PartitionId id{*generation, PartitionIndex(0)};
    SegmentAccess& access = log().segments();
    if (random().one_in(2)) access.roll(id);
    CompactionInput input = input_of(id);
    if (input.segments.empty()) return true;
    CompactionOptions options;
    options.map_bytes = random().one_in(2) ? 80 : 10'000;
    options.tombstone_retention_ms = random().one_in(2) ? 0 : 5000;
    options.output.segment_bytes_max = 900;
    std::atomic<bool> stop{false};
    Pace pace(clock_, 0, stop);
    Progress progress;
    auto done = compact_partition(access, input, options, pace, progress);
    if (done.ok()) compactions_ += done->replaced ? 1 : 0;
    if (!done.ok() && !is_killed()) FAIL(done.error().message());
    return done.ok();
  }

  // What every reader has passed of the closed segments.
  CompactionInput input_of(PartitionId id) {
    auto closed = log().segments().closed_segments(id);
    if (!closed.ok()) FAIL(closed.error().message());
    CutId floor = log().segments().floor();
    Offset horizon = log().state()->find(kTable)->current->partitions[0].cleaned_horizon;
    CompactionInput input{id, {}, 0};
    for (const SegmentState& each : *closed) {
      if (each.cut_max > floor) break;
      input.segments.push_back(each);
      input.first_dirty += each.end <= horizon ? 1 : 0;
    }
    return input;
  }

  // A round of the cleaner's own: retention of the stream, and what is due of the table.
  bool expire() {
    CleanerOptions options;
    options.bytes_per_second = 0;
    Cleaner cleaner(log().segments(), options);
    cleaner.run_once();
    segments_expired_ += cleaner.totals().segments_expired;
    if (!is_killed()) CHECK(cleaner.totals().last_failure == "");
    return !is_killed();
  }

  void check(LocalLog& log, size_t units) override {
    REQUIRE(units < after_.size());
    size_t step_bytes = 50 + random().below(4000);
    auto rows = fold(log, step_bytes);
    if (!rows.ok()) FAIL(rows.error().message());
    CHECK(*rows == after_[units].rows);
    auto events = events_of(log, step_bytes);
    if (!events.ok()) FAIL(events.error().message());
    check_events(*events, after_[units].events);
  }

  // The newest ones, and of the young ones all.
  void check_events(const std::vector<Event>& found, const std::vector<Event>& all) const {
    REQUIRE(found.size() <= all.size());
    auto gone = static_cast<ptrdiff_t>(all.size() - found.size());
    CHECK(std::equal(found.begin(), found.end(), all.begin() + gone));
    if (gone > 0) CHECK(all[static_cast<size_t>(gone) - 1].time_ms <= clock_.now_ms - kRetentionMs);
  }

  ManualClock clock_;
  std::vector<Contents> after_{Contents()};  // by the number of units
  size_t values_ = 0;
  size_t compactions_ = 0;
  size_t segments_expired_ = 0;
  size_t deletions_ = 0;
};

constexpr size_t kStatesOfRun = 500;

}  // namespace

TEST_CASE("CompactedLogHoldsAPrefixWithAllThatWasAcknowledgedAfterAnyLossOfPower") {
  uint64_t seed = leat::test::seed();
  size_t tried = 0, compactions = 0, segments_expired = 0, deletions = 0;
  size_t wanted = leat::test::states_wanted(4000);
  // What a seed leaves out others bring.
  auto lacks_some = [&] { return compactions == 0 || segments_expired == 0 || deletions == 0; };
  for (; tried < wanted || (lacks_some() && tried < 10 * wanted); ++seed) {
    INFO("LEAT_SEED=" << seed);
    CompactionCrashRun run(seed);
    tried += run.run(kStatesOfRun);
    compactions += run.compactions();
    segments_expired += run.segments_expired();
    deletions += run.deletions();
  }
  if (tried < 8 * kStatesOfRun) return;
  CHECK(compactions > 0);
  CHECK(segments_expired > 0);
  CHECK(deletions > 0);
}
