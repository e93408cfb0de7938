#include "log/committer.h"

#include <algorithm>
#include <utility>

#include "log/base/check.h"

namespace leat::log {
namespace {

// Recovery reads what large cuts wrote since the last checkpoint again, to check it: some tenths of
// a second's worth of reading.
constexpr uint64_t kLargeBytesMax = uint64_t{512} << 20;

CommitUnit schemas_unit(const std::vector<StoredSchema>& schemas, GenerationId generation) {
  CommitUnit unit;
  PartitionAppend append{{generation, PartitionIndex(0)}, {}};
  for (const StoredSchema& schema : schemas) {
    std::string key;
    append_be(&key, schema.id.value());
    append.records.add(0, key, schema.bytes, {});
  }
  unit.appends.push_back(std::move(append));
  return unit;
}

bool has_records(const CommitQueue::Group& group) {
  return std::any_of(group.units.begin(), group.units.end(),
                     [](const CommitUnit& unit) { return !unit.appends.empty(); });
}

}  // namespace

Committer::Committer(Engine& engine, CommitQueue& queue, Publisher& publisher, WriteGuard& guard,
                     std::unique_ptr<JournalWriter> journal)
    : engine_(engine),
      queue_(queue),
      publisher_(publisher),
      guard_(guard),
      kept_room_(engine.options.fs, engine.paths.dir(), engine.options.kept_room_bytes),
      journal_(std::move(journal)),
      state_(publisher.state()),
      replacer_(engine),
      checkpointer_(engine.options.fs, engine.paths, engine.segments, engine.journals, guard,
                    engine.options.indexed_bytes_max) {
  totals_.journal_size = journal_->size();
  thread_ = std::thread([this] { run(); });
}

Committer::~Committer() {
  if (thread_.joinable()) thread_.join();
}

Status Committer::finish() {
  if (!thread_.joinable()) return status_;
  thread_.join();
  retire_passed();
  if (status_.ok()) status_ = rotate(0, Indexes::of_all);
  if (status_.ok()) status_ = checkpointer_.wait();
  return status_;
}

void Committer::run() {
  while (auto group = queue_.take()) {
    status_ = commit(*group);
    replacer_.settle(status_);
    if (status_.ok()) continue;
    engine_.replacements.fail(status_.error());
    queue_.fail(status_.error());
    publisher_.fail(status_.error());
    return;
  }
}

Status Committer::commit(CommitQueue::Group& group) {
  if (auto failed = guard_.failed()) return *failed;
  if (has_records(group)) {
    Status room = wait_for_room(&group);
    if (!room.ok() && room.error().is_transient()) return refuse(room.error(), &group);
    LEAT_RETURN_IF_ERROR(room);
  }
  if (parts_ == nullptr) retire_passed();  // a draft is of the state it began with
  LEAT_RETURN_IF_ERROR(commit_kind(group));
  return let_go_of_superfluous();
}

// Error, transient: who closes the log does not wait.
Status Committer::wait_for_room(CommitQueue::Group* held) {
  while (true) {
    LEAT_RETURN_IF_ERROR(guard_.until_written([&]() -> Status {
      if (has_work_before(*held)) return Ok{};
      Status there = check_room();
      if (!there.ok()) engine_.reader_floors.yield_for_room();
      return there;
    }));
    if (check_room().ok()) return Ok{};
    LEAT_RETURN_IF_ERROR(commit_before(held));
  }
}

Status Committer::check_room() const {
  return parts_ == nullptr ? kept_room_.check() : kept_room_.check_last_quarter();
}

// Not within a unit in parts, whose batches have the next cut's number already.
bool Committer::has_work_before(const CommitQueue::Group& held) const {
  if (parts_ != nullptr) return false;
  return !held.passing.empty() || queue_.has_passing() || !engine_.replacements.empty() ||
         can_retire();
}

Status Committer::commit_before(CommitQueue::Group* held) {
  if (!has_work_before(*held)) return Ok{};
  retire_passed();
  CommitQueue::Group group;
  group.passing = std::exchange(held->passing, {});
  held->last.passing = queue_.take_passing(&group.passing);
  group.last = {durable_.in_order, held->last.passing};
  Status done = commit_units(group);
  replacer_.settle(done);
  LEAT_RETURN_IF_ERROR(done);
  LEAT_RETURN_IF_ERROR(let_go_of_superfluous());
  return checkpointer_.wait();
}

// A source sends again what is not acknowledged; a person is told.
Status Committer::refuse(const Error& why, CommitQueue::Group* held) {
  Error refused = Error::transient("the log is being closed and takes no more: " + why.message());
  queue_.refuse(refused, durable_.in_order);
  publisher_.refuse(refused);
  LEAT_RETURN_IF_ERROR(abandon_parts());
  return commit_before(held);
}

// What the last cuts made superfluous goes with a checkpoint. The journal asks for one when it is
// full; as many superfluous bytes do, too, and any while there is no room.
Status Committer::let_go_of_superfluous() {
  if (superfluous_bytes_ == 0 || parts_ != nullptr) return Ok{};
  bool is_much = superfluous_bytes_ >= engine_.options.journal_bytes;
  if (!is_much && kept_room_.check().ok()) return Ok{};
  return rotate(0, Indexes::of_closed);
}

Status Committer::commit_kind(const CommitQueue::Group& group) {
  switch (group.kind) {
    case CommitQueue::Group::Kind::whole_units:
      return commit_units(group);
    case CommitQueue::Group::Kind::part:
    case CommitQueue::Group::Kind::last_part:
      return take_part(group);
    case CommitQueue::Group::Kind::abandoned:
      return abandon_parts();
  }
  return Ok{};
}

Status Committer::commit_units(const CommitQueue::Group& group) {
  size_t bytes = 0;
  for (const CommitUnit& unit : group.units) bytes += unit.bytes();
  bool is_large = bytes > engine_.options.inline_bytes_max;
  CutDraft draft(engine_, guard_, *state_,
                 is_large ? CutDraft::Size::large : CutDraft::Size::small);
  LEAT_RETURN_IF_ERROR(draft.add(group.passing));
  LEAT_RETURN_IF_ERROR(draft.add(group.units));
  return finish(&draft, group);
}

Status Committer::take_part(const CommitQueue::Group& group) {
  if (parts_ == nullptr) {
    parts_ = std::make_unique<CutDraft>(engine_, guard_, *state_, CutDraft::Size::large);
    totals_.parts_since_ns = engine_.options.clock.monotonic().count();
  }
  for (const CommitUnit& part : group.units) LEAT_RETURN_IF_ERROR(parts_->add({&part, 1}));
  if (group.kind == CommitQueue::Group::Kind::part) return Ok{};
  Status done = finish(parts_.get(), group);
  parts_.reset();
  return done;
}

Status Committer::abandon_parts() {
  Status done = parts_ == nullptr ? Status() : parts_->abandon();
  parts_.reset();
  totals_.parts_since_ns = 0;
  return done;
}

Status Committer::finish(CutDraft* draft, const CommitQueue::Group& group) {
  CutRecord& record = draft->record();
  record.generations_reserved = engine_.generation_ids.wanted();
  record.new_readers = engine_.reader_floors.take_new();
  record.schemas = engine_.schemas.take_new();
  LEAT_ASSIGN_OR_RETURN(CommitUnit own, log_unit(record.schemas));
  LEAT_RETURN_IF_ERROR(draft->add({&own, 1}));
  LEAT_RETURN_IF_ERROR(draft->finish());
  take_damage_notes(&draft->builder());
  replacer_.admit(&record, &draft->builder());
  LEAT_RETURN_IF_ERROR(journal(*draft));
  LEAT_RETURN_IF_ERROR(write_inline(*draft));
  apply(*draft);

  state_ = std::move(draft->builder()).build();
  durable_ = group.last;
  totals_.cuts += 1;
  bool is_whole_units = group.kind == CommitQueue::Group::Kind::whole_units;
  totals_.units += is_whole_units ? group.passing.size() + group.units.size() : 1;
  totals_.parts_since_ns = 0;
  publisher_.publish(state_, durable_);
  return Ok{};
}

// What readers have met since the last cut. It is in no record: a checkpoint keeps it, and who
// reads there after a crash meets it again.
void Committer::take_damage_notes(StateBuilder* builder) {
  for (const DamageNotes::Note& note : engine_.partitions.damage_notes().take()) {
    PartitionState* partition = builder->partition(note.topic, note.partition);
    if (partition != nullptr && partition->damage.empty()) partition->damage = note.what;
  }
}

// New schemas go to a topic of the log's own, which the first of them creates.
Result<CommitUnit> Committer::log_unit(const std::vector<StoredSchema>& schemas) {
  if (schemas.empty()) return CommitUnit();
  const TopicState* topic = state_->find(kSchemasTopic);
  if (topic != nullptr) return schemas_unit(schemas, topic->current->id);
  auto generation = engine_.generation_ids.try_allocate_last();
  LEAT_CHECK(generation.has_value());  // nobody else takes the last one
  CommitUnit unit = schemas_unit(schemas, *generation);
  std::string name(kSchemasTopic);
  unit.edits = {CreateTopic{name, TopicKind::table},
                BeginGeneration{name, *generation, SchemaId(0), 1},
                SwitchGeneration{name, *generation}};
  LEAT_RETURN_IF_ERROR(queue_.plan(unit));
  return unit;
}

Status Committer::journal(const CutDraft& draft) {
  std::string record = begin_journal_record();
  append_cut_record(draft.record(), &record);
  record += draft.body();
  LEAT_RETURN_IF_ERROR(make_room(record.size()));
  LEAT_RETURN_IF_ERROR(
      guard_.until_written([&] { return journal_->write(draft.record().cut, record); }));
  auto before = engine_.options.clock.monotonic();
  LEAT_RETURN_IF_ERROR(guard_.synced([this] { return journal_->sync(); }));
  auto took = engine_.options.clock.monotonic() - before;
  engine_.syncs.add_us(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  journal_->advance(record.size());
  totals_.journal_used = journal_->used();
  return Ok{};
}

Status Committer::write_inline(const CutDraft& draft) {
  size_t at = 0;
  for (const Piece& piece : draft.record().pieces) {
    if (!piece.is_inline) continue;
    auto bytes = std::string_view(draft.body()).substr(at, piece.size);
    at += piece.size;
    auto partition = engine_.partitions.find(piece.partition);
    LEAT_RETURN_IF_ERROR(guard_.until_written([&] {
      return engine_.segments.write(*partition, piece.segment_base, piece.position, bytes);
    }));
  }
  return Ok{};
}

void Committer::apply(CutDraft& draft) {
  for (const Piece& piece : draft.record().pieces) {
    auto partition = engine_.partitions.find(piece.partition);
    partition->apply(piece, draft.record().cut);
    draft.builder().extend(partition->topic(), piece);
    totals_.bytes += piece.size;
    if (!piece.is_inline) large_bytes_since_checkpoint_ += piece.size;
  }
  replacer_.apply(draft.record(), &draft.builder());
  for (const SegmentReplacement& replacement : draft.record().replacements) {
    for (const SegmentState& segment : replacement.removed) superfluous_bytes_ += segment.bytes;
  }
  for (const GenerationState& dropped : draft.builder().dropped()) remove(dropped);
  engine_.schemas.note_stored(draft.record().schemas);
  engine_.generation_ids.note_reserved(draft.record().generations_reserved);
}

bool Committer::checkpoint_is_due() const {
  return large_bytes_since_checkpoint_ > kLargeBytesMax || engine_.segments.many_unsynced();
}

Status Committer::make_room(size_t record_bytes) {
  if (journal_->fits(record_bytes) && !(checkpoint_is_due() && journal_->has_records()))
    return Ok{};
  return rotate(record_bytes, Indexes::of_closed);
}

// Goes on in the next journal file, and leaves what is in this one to a checkpoint of the present
// state.
Status Committer::rotate(uint64_t record_bytes, Indexes indexes) {
  LEAT_RETURN_IF_ERROR(checkpointer_.wait());  // at most two journal files are in use
  uint64_t bytes_min = journal_bytes_for(record_bytes);
  std::unique_ptr<JournalWriter> next;
  LEAT_RETURN_IF_ERROR(guard_.until_written([&]() -> Status {
    LEAT_ASSIGN_OR_RETURN(
        next, engine_.journals.start(journal_->next_id(), state_->cut.next(), bytes_min));
    return Ok{};
  }));
  LEAT_RETURN_IF_ERROR(guard_.synced([&] { return engine_.journals.sync(*next); }));
  journal_ = std::move(next);
  totals_.journal_size = journal_->size();
  totals_.journal_used = journal_->used();
  large_bytes_since_checkpoint_ = 0;
  superfluous_bytes_ = 0;
  Checkpoint checkpoint = make_checkpoint(engine_, state_, journal_->id());
  return checkpointer_.start(
      {.encoded = encode_checkpoint(checkpoint),
       .journal_number = journal_->id().number,
       .removed = std::exchange(removed_, {}),
       .removed_segments = replacer_.take_removed(),
       .segments_to_index = index_jobs(engine_.partitions, indexes == Indexes::of_all)});
}

// Its files go after the next checkpoint; who reads it still keeps what it has open.
void Committer::remove(const GenerationState& generation) {
  remove_partitions(generation, &engine_.partitions);
  removed_.push_back(generation.id);
  for (const PartitionState& partition : generation.partitions)
    superfluous_bytes_ += partition.bytes;
}

bool Committer::can_retire() const {
  if (state_->retired.empty()) return false;
  return state_->retired.front()->until <= engine_.reader_floors.lowest();
}

// Retired generations that every registered reader has passed leave the state, and after the next
// checkpoint the disk.
void Committer::retire_passed() {
  if (state_->retired.empty()) return;
  CutId floor = engine_.reader_floors.lowest();
  StateBuilder builder(*state_, state_->cut);
  bool changed = false;
  for (const auto& retired : state_->retired) {
    if (retired->until > floor) continue;
    builder.remove_retired(retired->generation.id);
    remove(retired->generation);
    changed = true;
  }
  if (!changed) return;
  state_ = std::move(builder).build();
  publisher_.publish(state_, durable_);
}

}  // namespace leat::log
