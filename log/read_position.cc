// A ReadPosition as bytes: what a view stores to resume.
//
//   position   = 0x01 (format), cut, topics, u8 is mid-cut, [mid-cut]
//   topics     = count, then each: name (sized), progress
//   progress   = generation, its rewrites, count, offset...
//   retraction = generation, count, offset...
//   mid-cut    = cut, count, then each retraction: name (sized), retraction
//
// All numbers are varints.
#include "log/base/bytes.h"
#include "log/change_log.h"

namespace leat::log {
namespace {

constexpr uint8_t kFormat = 1;

void append_offsets(const std::vector<Offset>& offsets, std::string* out) {
  for (Offset offset : offsets) append_varint(out, static_cast<uint64_t>(offset.value()));
}

std::vector<Offset> read_offsets(ByteReader& in, uint64_t count) {
  std::vector<Offset> offsets;
  if (count > static_cast<uint64_t>(kPartitionsMax)) in.fail();
  for (uint64_t i = 0; i < count && in.ok(); ++i) {
    auto offset = static_cast<int64_t>(in.varint());
    if (offset < 0) in.fail();
    offsets.push_back(Offset(offset));
  }
  return offsets;
}

template <class Progress>
void append_progress(const Progress& progress, std::string* out) {
  append_varint(out, progress.generation.value());
  append_varint(out, progress.rewrites);
  append_varint(out, progress.offsets.size());
  append_offsets(progress.offsets, out);
}

const GenerationState* find_generation(const LogState& state, const std::string& name,
                                       GenerationId id) {
  const TopicState* topic = state.find(name);
  if (topic != nullptr && topic->current && topic->current->id == id) return &*topic->current;
  for (const auto& retired : state.retired) {
    if (retired->topic == name && retired->generation.id == id) return &retired->generation;
  }
  return nullptr;
}

template <class Progress>
Progress read_progress(ByteReader& in) {
  Progress progress;
  progress.generation = GenerationId(in.varint());
  progress.rewrites = in.varint();
  progress.offsets = read_offsets(in, in.varint());
  return progress;
}

}  // namespace

ReadPosition ReadPosition::at(const LogState& state, const std::vector<std::string>& topics) {
  ReadPosition position;
  position.cut_ = state.cut;
  for (const std::string& name : topics) {
    const TopicState* topic = state.find(name);
    if (topic == nullptr || !topic->current) continue;
    TopicProgress progress{topic->current->id, topic->current->rewrites, {}};
    for (const PartitionState& partition : topic->current->partitions) {
      progress.offsets.push_back(partition.end);
    }
    position.topics_[name] = std::move(progress);
  }
  return position;
}

// Behind `since` nothing has been rewritten. Before it, a position is on its way through the one
// big cut that `since` is, and what it has left must be as it was when it began.
bool ReadPosition::can_resume(const LogState& state, const std::vector<std::string>& topics) const {
  for (const std::string& name : topics) {
    auto progress = topics_.find(name);
    if (progress == topics_.end()) continue;
    const GenerationState* generation = find_generation(state, name, progress->second.generation);
    if (generation == nullptr) return false;
    bool on_its_way = mid_cut_ && mid_cut_->cut == generation->since &&
                      progress->second.rewrites == generation->rewrites;
    if (cut_ < generation->since && !on_its_way) return false;
  }
  return true;
}

std::string ReadPosition::encode() const {
  std::string out(1, static_cast<char>(kFormat));
  append_varint(&out, cut_.value());
  append_varint(&out, topics_.size());
  for (const auto& [name, progress] : topics_) {
    append_sized(&out, name);
    append_progress(progress, &out);
  }
  out.push_back(mid_cut_ ? 1 : 0);
  if (!mid_cut_) return out;
  append_varint(&out, mid_cut_->cut.value());
  append_varint(&out, mid_cut_->retractions.size());
  for (const auto& [name, retraction] : mid_cut_->retractions) {
    append_sized(&out, name);
    append_varint(&out, retraction.generation.value());
    append_varint(&out, retraction.remaining.size());
    append_offsets(retraction.remaining, &out);
  }
  return out;
}

Result<ReadPosition> ReadPosition::decode(std::string_view bytes) {
  ByteReader in(bytes);
  ReadPosition position;
  uint8_t format = in.u8();
  if (in.ok() && format != kFormat) {
    return Error::permanent("a stored read position has the unknown format " +
                            std::to_string(format));
  }
  position.cut_ = CutId(in.varint());
  uint64_t topics = in.varint();
  for (uint64_t i = 0; i < topics && in.ok(); ++i) {
    std::string name(in.sized());
    position.topics_[name] = read_progress<TopicProgress>(in);
  }
  uint8_t is_mid_cut = in.u8();
  if (is_mid_cut > 1) in.fail();
  if (is_mid_cut == 1) {
    position.mid_cut_.emplace();
    position.mid_cut_->cut = CutId(in.varint());
    uint64_t retractions = in.varint();
    for (uint64_t i = 0; i < retractions && in.ok(); ++i) {
      std::string name(in.sized());
      Retraction& retraction = position.mid_cut_->retractions[name];
      retraction.generation = GenerationId(in.varint());
      retraction.remaining = read_offsets(in, in.varint());
    }
  }
  if (!in.done()) return Error::permanent("a stored read position does not parse");
  return position;
}

}  // namespace leat::log
