#include "log/cut_reader.h"

#include <algorithm>
#include <utility>

namespace leat::log {
namespace {

// A cut in the middle of which a step is full may still overrun it by this factor before it is put
// off to the next step: reading it twice costs more.
constexpr size_t kOverrun = 2;
constexpr size_t kReadBytesMin = 16 << 10;
constexpr size_t kReadBytesMax = 1 << 20;

Error start_over(std::string_view topic, std::string_view why) {
  return Error::permanent("topic " + std::string(topic) + ": " + std::string(why) +
                          "; the reader must start from the beginning");
}

std::vector<Offset> horizons_of(const GenerationState& generation) {
  std::vector<Offset> horizons;
  for (const PartitionState& each : generation.partitions) horizons.push_back(each.cleaned_horizon);
  return horizons;
}

void drop_tombstones(std::vector<RecordView>* records, size_t first) {
  auto is_tombstone = [](const RecordView& record) { return !record.value; };
  auto from = records->begin() + static_cast<ptrdiff_t>(first);
  records->erase(std::remove_if(from, records->end(), is_tombstone), records->end());
}

// What is taken back comes first, and what is nearest to the present is taken back first.
bool comes_before(const TopicChunk& a, const TopicChunk& b) {
  if (a.retracts != b.retracts) return a.retracts;
  return a.has_before != b.has_before && a.has_before == a.retracts;
}

Error passed_by(CutId cut) {
  return Error::permanent("compaction or retention has passed the read position, at cut " +
                          std::to_string(cut.value()) +
                          ", or a generation of its topics is kept no longer; the reader must "
                          "start from the beginning");
}

}  // namespace

Result<std::unique_ptr<CutReader>> CutReaderImpl::create(Engine& engine, const Publisher& publisher,
                                                         std::vector<std::string> topics,
                                                         ReadPosition from) {
  std::sort(topics.begin(), topics.end());
  topics.erase(std::unique(topics.begin(), topics.end()), topics.end());
  std::unique_ptr<CutReaderImpl> reader(new CutReaderImpl(engine, publisher, std::move(from)));
  if (reader->position_.cut() > reader->state_->cut) {
    return Error::permanent("the read position is at cut " +
                            std::to_string(reader->position_.cut().value()) +
                            ", but the log ends at cut " +
                            std::to_string(reader->state_->cut.value()) + ": it is of another log");
  }
  if (!reader->position_.can_resume(*reader->state_, topics)) {
    return passed_by(reader->position_.cut());
  }
  reader->topics_.reserve(topics.size());
  for (std::string& topic : topics) LEAT_RETURN_IF_ERROR(reader->add_topic(std::move(topic)));
  return std::unique_ptr<CutReader>(std::move(reader));
}

// The floor is registered before the state is looked at, so that what the state has stays.
CutReaderImpl::CutReaderImpl(Engine& engine, const Publisher& publisher, ReadPosition from)
    : engine_(engine),
      publisher_(publisher),
      position_(std::move(from)),
      floor_(engine.reader_floors.add_live(position_.cut())),
      state_(publisher.state()) {}

// A reader that starts at the beginning leaves out what is over already; one that resumes leaves
// out what it left out then.
Status CutReaderImpl::add_topic(std::string name) {
  topics_.push_back({});
  Topic& topic = topics_.back();
  topic.name = std::move(name);
  bool is_known = position_.topics_.contains(topic.name);
  if (position_.cut() == CutId(0) && !is_known) topic.forget_until = state_->cut;
  topic.history = std::make_unique<GenerationHistory>(state_, topic.name, topic.forget_until);
  if (is_known) return resume_topic(topic);
  if (topic.history->at(position_.cut()) == nullptr) return Ok{};
  auto end = topic.history->next_change(position_.cut());
  if (!end) return start_over(topic.name, "was not read so far");
  topic.forget_until = *end;
  topic.history = std::make_unique<GenerationHistory>(state_, topic.name, topic.forget_until);
  return Ok{};
}

Status CutReaderImpl::resume_topic(Topic& topic) {
  const ReadPosition::TopicProgress& progress = position_.topics_.at(topic.name);
  const GenerationState* generation = topic.history->find(progress.generation);
  if (generation == nullptr) return start_over(topic.name, "the generation read is kept no longer");
  if (generation->partitions.size() != progress.offsets.size()) {
    return start_over(topic.name, "the read position has another number of partitions");
  }
  topic.generation = generation->id;
  topic.schema = generation->schema;
  topic.horizons = horizons_of(*generation);
  LEAT_ASSIGN_OR_RETURN(topic.cursors, open_cursors(generation->id, progress.offsets));
  if (!position_.mid_cut_) return Ok{};
  auto retraction = position_.mid_cut_->retractions.find(topic.name);
  if (retraction == position_.mid_cut_->retractions.end()) return Ok{};
  return open_retraction(topic, retraction->second);
}

Status CutReaderImpl::open_retraction(Topic& topic, const ReadPosition::Retraction& retraction) {
  const GenerationState* old = topic.history->find(retraction.generation);
  if (old == nullptr) return start_over(topic.name, "the replaced generation is kept no longer");
  topic.retraction_generation = old->id;
  topic.retraction_schema = old->schema;
  topic.retraction_horizons = horizons_of(*old);
  topic.retraction.clear();
  for (size_t i = 0; i < retraction.remaining.size(); ++i) {
    LEAT_ASSIGN_OR_RETURN(auto partition, find_partition(old->id, i));
    topic.retraction.emplace_back(std::move(partition), engine_.segments, retraction.remaining[i]);
  }
  return Ok{};
}

Result<CutReaderImpl::Cursors> CutReaderImpl::open_cursors(GenerationId generation,
                                                           const std::vector<Offset>& from) {
  Cursors cursors;
  cursors.reserve(from.size());
  for (size_t i = 0; i < from.size(); ++i) {
    LEAT_ASSIGN_OR_RETURN(auto partition, find_partition(generation, i));
    cursors.emplace_back(std::move(partition), engine_.segments, from[i]);
  }
  return cursors;
}

Result<std::shared_ptr<Partition>> CutReaderImpl::find_partition(GenerationId generation,
                                                                 size_t index) {
  auto partition =
      engine_.partitions.find({generation, PartitionIndex(static_cast<int32_t>(index))});
  if (partition != nullptr) return partition;
  return Error::permanent("generation " + std::to_string(generation.value()) +
                          " is kept no longer; the reader must start from the beginning");
}

void CutReaderImpl::look_at(std::shared_ptr<const LogState> state) {
  if (state == state_) return;
  state_ = std::move(state);
  for (Topic& topic : topics_) {
    topic.history = std::make_unique<GenerationHistory>(state_, topic.name, topic.forget_until);
  }
}

std::optional<CutId> CutReaderImpl::next_change() const {
  std::optional<CutId> next;
  for (const Topic& topic : topics_) {
    auto change = topic.history->next_change(position_.cut());
    if (change && (!next || *change < *next)) next = change;
  }
  return next;
}

Result<std::optional<ReadStep>> CutReaderImpl::next(size_t bytes_max, CutId limit,
                                                    std::chrono::milliseconds timeout) {
  begin_step();
  if (floor_->detached) return passed_by(position_.cut());
  if (position_.cut() >= limit) return std::optional<ReadStep>();
  LEAT_ASSIGN_OR_RETURN(auto state, publisher_.wait_beyond(position_.cut(), timeout));
  look_at(std::move(state));
  CutId upto = std::min(state_->cut, limit);
  if (upto <= position_.cut()) return std::optional<ReadStep>();
  if (!position_.mid_cut_) {
    auto change = next_change();
    if (change && *change <= upto) upto = CutId(change->value() - 1);
    if (upto > position_.cut()) {
      LEAT_ASSIGN_OR_RETURN(ReadStep step, step_over_cuts(upto, bytes_max));
      return std::optional(std::move(step));
    }
    LEAT_RETURN_IF_ERROR(enter_change(*change));
  }
  LEAT_ASSIGN_OR_RETURN(ReadStep step, step_in_cut(bytes_max));
  return std::optional(std::move(step));
}

void CutReaderImpl::begin_step() {
  held_.clear();
  step_ = ReadStep();
  step_bytes_ = 0;
  for (Topic& topic : topics_) topic.chunks.fill(-1);
}

// The cursors that the state has something for.
std::vector<CutReaderImpl::Active> CutReaderImpl::active_cursors() {
  std::vector<Active> active;
  for (Topic& topic : topics_) {
    const GenerationState* generation = topic.history->find(topic.generation);
    for (size_t i = 0; i < topic.cursors.size(); ++i) {
      if (generation != nullptr && topic.cursors[i].offset() >= generation->partitions[i].end)
        continue;
      active.push_back({&topic, &topic.cursors[i]});
    }
  }
  return active;
}

Result<ReadStep> CutReaderImpl::step_over_cuts(CutId upto, size_t bytes_max) {
  std::vector<Active> active = active_cursors();
  size_t share = 2 * bytes_max / std::max<size_t>(active.size(), 1);
  for (Active& each : active) {
    each.cursor->set_read_bytes(std::clamp(share, kReadBytesMin, kReadBytesMax));
  }
  while (step_bytes_ < bytes_max) {
    CutId cut(UINT64_MAX);
    for (Active& each : active) {
      LEAT_ASSIGN_OR_RETURN(const BatchView* batch, each.cursor->peek());
      if (batch != nullptr) cut = std::min(cut, batch->cut);
    }
    if (cut > upto) return finish_step(upto, true);
    bool is_first = step_bytes_ == 0;
    LEAT_ASSIGN_OR_RETURN(bool is_whole, take_cut(active, cut, kOverrun * bytes_max));
    if (is_whole) {
      position_.cut_ = cut;
      continue;
    }
    if (!is_first) {
      put_back();
      break;
    }
    position_.mid_cut_ = ReadPosition::MidCut{cut, {}};
    return finish_step(cut, false);
  }
  return finish_step(position_.cut(), true);
}

// Takes the batches of CUT until the step has BYTES_STOP bytes; false when there were more.
Result<bool> CutReaderImpl::take_cut(std::vector<Active>& active, CutId cut, size_t bytes_stop) {
  taken_.clear();
  for (Active& each : active) {
    bool is_noted = false;
    while (true) {
      LEAT_ASSIGN_OR_RETURN(const BatchView* batch, each.cursor->peek());
      if (batch == nullptr || batch->cut != cut) break;
      if (step_bytes_ >= bytes_stop) return false;
      if (!is_noted) {
        size_t records = chunk_of(*each.topic, ChunkKind::changes).records.size();
        taken_.push_back({each, each.cursor->mark(), records});
        is_noted = true;
      }
      TopicChunk& to = chunk_of(*each.topic, ChunkKind::changes);
      LEAT_RETURN_IF_ERROR(take(*each.cursor, *batch, &to));
    }
  }
  return true;
}

// Undoes the last take_cut.
void CutReaderImpl::put_back() {
  for (auto at = taken_.rbegin(); at != taken_.rend(); ++at) {
    at->from.cursor->rewind(at->mark);
    chunk_of(*at->from.topic, ChunkKind::changes).records.resize(at->records_before);
  }
}

// Starts on the cut CUT, at which a topic's current generation changes.
Status CutReaderImpl::enter_change(CutId cut) {
  position_.mid_cut_ = ReadPosition::MidCut{cut, {}};
  for (Topic& topic : topics_) {
    const GenerationState* now = topic.history->at(cut);
    GenerationId id = now == nullptr ? GenerationId(0) : now->id;
    if (id != topic.generation) LEAT_RETURN_IF_ERROR(switch_topic(topic, now));
  }
  return Ok{};
}

Status CutReaderImpl::switch_topic(Topic& topic, const GenerationState* to) {
  auto progress = position_.topics_.find(topic.name);
  if (progress != position_.topics_.end()) {
    ReadPosition::Retraction retraction{progress->second.generation, progress->second.offsets};
    LEAT_RETURN_IF_ERROR(open_retraction(topic, retraction));
    position_.mid_cut_->retractions[topic.name] = std::move(retraction);
    position_.topics_.erase(progress);
  }
  topic.cursors.clear();
  topic.generation = GenerationId(0);
  if (to == nullptr) return Ok{};
  topic.generation = to->id;
  topic.schema = to->schema;
  topic.horizons = horizons_of(*to);
  std::vector<Offset> starts(to->partitions.size());
  LEAT_ASSIGN_OR_RETURN(topic.cursors, open_cursors(to->id, starts));
  position_.topics_[topic.name] = {to->id, to->rewrites, std::move(starts)};
  return Ok{};
}

Result<ReadStep> CutReaderImpl::step_in_cut(size_t bytes_max) {
  CutId cut = position_.mid_cut_->cut;
  for (Topic& topic : topics_) {
    LEAT_ASSIGN_OR_RETURN(bool done, retract(topic, bytes_max));
    if (!done) return finish_step(cut, false);
  }
  for (Topic& topic : topics_) {
    LEAT_ASSIGN_OR_RETURN(bool done, take_until(topic, cut, bytes_max));
    if (!done) return finish_step(cut, false);
  }
  position_.cut_ = cut;
  position_.mid_cut_.reset();
  for (Topic& topic : topics_) topic.retraction.clear();
  return finish_step(cut, true);
}

// Gives what was taken of the replaced generation, newest first; false when the step is full before
// the end.
Result<bool> CutReaderImpl::retract(Topic& topic, size_t bytes_max) {
  for (size_t i = 0; i < topic.retraction.size(); ++i) {
    BackwardCursor& cursor = topic.retraction[i];
    while (true) {
      LEAT_ASSIGN_OR_RETURN(const BackwardCursor::Found* found, cursor.peek());
      if (found == nullptr) break;
      if (step_bytes_ >= bytes_max) return false;
      hold(found->block);
      step_bytes_ += found->batch.plain_bytes();
      bool cleaned = found->batch.base < topic.retraction_horizons[i];
      TopicChunk& to =
          chunk_of(topic, cleaned ? ChunkKind::retract_inserts : ChunkKind::retract_changes);
      size_t first = to.records.size();
      LEAT_RETURN_IF_ERROR(append_records_backwards(found->batch, cursor.end(), &to.records));
      if (cleaned) drop_tombstones(&to.records, first);
      cursor.pop();
    }
  }
  return true;
}

// Gives what the topic has up to CUT; false when the step is full before the end.
Result<bool> CutReaderImpl::take_until(Topic& topic, CutId cut, size_t bytes_max) {
  for (size_t i = 0; i < topic.cursors.size(); ++i) {
    PartitionCursor& cursor = topic.cursors[i];
    while (true) {
      LEAT_ASSIGN_OR_RETURN(const BatchView* batch, cursor.peek());
      if (batch == nullptr || batch->cut > cut) break;
      if (step_bytes_ >= bytes_max) return false;
      bool cleaned = batch->base < topic.horizons[i];
      TopicChunk& to = chunk_of(topic, cleaned ? ChunkKind::inserts : ChunkKind::changes);
      LEAT_RETURN_IF_ERROR(take(cursor, *batch, &to));
    }
  }
  return true;
}

Status CutReaderImpl::take(PartitionCursor& cursor, const BatchView& batch, TopicChunk* to) {
  hold(cursor.block());
  step_bytes_ += batch.plain_bytes();
  size_t first = to->records.size();
  LEAT_RETURN_IF_ERROR(append_records(batch, cursor.offset(), &to->records));
  if (!to->has_before) drop_tombstones(&to->records, first);
  cursor.pop();
  return Ok{};
}

void CutReaderImpl::hold(const Block& block) {
  if (held_.empty() || held_.back() != block) held_.push_back(block);
}

TopicChunk& CutReaderImpl::chunk_of(Topic& topic, ChunkKind kind) {
  bool retracts = kind <= ChunkKind::retract_inserts;
  bool has_before = kind == ChunkKind::retract_changes || kind == ChunkKind::changes;
  int& index = topic.chunks[static_cast<size_t>(kind)];
  if (index < 0) {
    index = static_cast<int>(step_.chunks.size());
    step_.chunks.push_back({.topic = topic.name,
                            .generation = retracts ? topic.retraction_generation : topic.generation,
                            .schema = retracts ? topic.retraction_schema : topic.schema,
                            .retracts = retracts,
                            .has_before = has_before,
                            .records = {}});
  }
  return step_.chunks[static_cast<size_t>(index)];
}

ReadStep CutReaderImpl::finish_step(CutId cut, bool ends_cut) {
  if (ends_cut) position_.cut_ = cut;
  note_position();
  floor_->cut = position_.cut().value();
  std::erase_if(step_.chunks, [](const TopicChunk& chunk) { return chunk.records.empty(); });
  std::stable_sort(step_.chunks.begin(), step_.chunks.end(), comes_before);
  step_.cut = cut;
  step_.ends_cut = ends_cut;
  return std::exchange(step_, ReadStep());
}

void CutReaderImpl::note_position() {
  for (const Topic& topic : topics_) {
    if (topic.cursors.empty()) continue;
    std::vector<Offset>& offsets = position_.topics_.at(topic.name).offsets;
    for (size_t i = 0; i < offsets.size(); ++i) offsets[i] = topic.cursors[i].offset();
    if (topic.retraction.empty()) continue;
    std::vector<Offset>& remaining = position_.mid_cut_->retractions.at(topic.name).remaining;
    for (size_t i = 0; i < remaining.size(); ++i) remaining[i] = topic.retraction[i].end();
  }
}

}  // namespace leat::log
