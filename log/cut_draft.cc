#include "log/cut_draft.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "log/base/check.h"

namespace leat::log {
namespace {

// The records for one partition, in the units' order.
struct PartitionWork {
  std::shared_ptr<Partition> partition;
  std::vector<const RecordBuffer*> buffers;
};

std::vector<PartitionWork> by_partition(std::span<const CommitUnit> units,
                                        const PartitionTable& partitions) {
  std::vector<PartitionWork> work;
  std::unordered_map<PartitionId, size_t> index;
  for (const CommitUnit& unit : units) {
    for (const PartitionAppend& append : unit.appends) {
      if (append.records.empty()) continue;
      auto [at, fresh] = index.try_emplace(append.partition, work.size());
      if (fresh) work.push_back({partitions.find(append.partition), {}});
      work[at->second].buffers.push_back(&append.records);
    }
  }
  return work;
}

}  // namespace

CutDraft::CutDraft(Engine& engine, WriteGuard& guard, const LogState& base, Size size)
    : engine_(engine),
      guard_(guard),
      size_(size),
      builder_(base, base.cut.next()),
      encoder_(base.cut.next(), engine.options.segment_bytes_max, write_to_segments()) {
  record_.cut = base.cut.next();
}

CutEncoder::Write CutDraft::write_to_segments() {
  if (size_ == Size::small) return {};
  return
      [this](const Partition& partition, Offset base, uint64_t position, std::string_view bytes) {
        return guard_.until_written(
            [&] { return engine_.segments.write(partition, base, position, bytes); });
      };
}

Status CutDraft::add(std::span<const CommitUnit> units) {
  for (const CommitUnit& unit : units) {
    for (GenerationId generation : unit.voids) LEAT_RETURN_IF_ERROR(void_appends(generation));
    note(unit);
  }
  LEAT_RETURN_IF_ERROR(encode(units));
  return take_pieces();
}

// Edits and positions. What does not fit was refused by submit().
void CutDraft::note(const CommitUnit& unit) {
  for (const TopicEdit& edit : unit.edits) {
    LEAT_CHECK(builder_.apply(edit).ok());
    if (auto* begin = std::get_if<BeginGeneration>(&edit)) {
      add_partitions(*begin, &engine_.partitions);
      begun_.push_back(begin->generation);
    }
    record_.edits.push_back(edit);
  }
  if (!unit.position) return;
  builder_.set_position(*unit.position);
  record_.positions.push_back(*unit.position);
}

Status CutDraft::encode(std::span<const CommitUnit> units) {
  for (const PartitionWork& work : by_partition(units, engine_.partitions)) {
    // Nor does one whose topic was dropped in front of it, while this waited.
    if (work.partition == nullptr || builder_.is_over(work.partition->id().generation)) continue;
    // A generation that a later unit of this cut dropped unseen takes nothing.
    const Partition& partition = *work.partition;
    if (builder_.partition(partition.topic(), partition.id()) == nullptr) continue;
    TopicSettings settings = builder_.settings(partition.topic());
    LEAT_RETURN_IF_ERROR(encoder_.encode(partition, settings, work.buffers));
  }
  return Ok{};
}

Status CutDraft::finish() {
  encoder_.finish();
  LEAT_RETURN_IF_ERROR(take_pieces());
  // Those of a generation that a later part dropped go with its files.
  std::erase_if(record_.pieces, [this](const Piece& piece) {
    auto partition = engine_.partitions.find(piece.partition);
    return builder_.partition(partition->topic(), piece.partition) == nullptr;
  });
  return Ok{};
}

// What a large cut has filled is synced at once, so that few files wait for that at its end.
Status CutDraft::take_pieces() {
  for (const Piece& piece : encoder_.take_pieces()) {
    record_.pieces.push_back(piece);
    if (piece.is_inline) continue;
    auto partition = engine_.partitions.find(piece.partition);
    LEAT_RETURN_IF_ERROR(
        guard_.synced([&] { return engine_.segments.sync(*partition, piece.segment_base); }));
  }
  return Ok{};
}

Status CutDraft::abandon() {
  encoder_.finish();
  for (Piece& piece : encoder_.take_pieces()) record_.pieces.push_back(std::move(piece));
  for (const Piece& piece : record_.pieces) LEAT_RETURN_IF_ERROR(take_back(piece));
  for (GenerationId generation : begun_) {
    LEAT_RETURN_IF_ERROR(
        guard_.until_written([&] { return engine_.segments.remove_generation(generation); }));
    engine_.partitions.remove_generation(generation);
  }
  return Ok{};
}

Status CutDraft::void_appends(GenerationId generation) {
  auto is_of = [&](const Piece& piece) { return piece.partition.generation == generation; };
  for (const Piece& piece : encoder_.forget(generation)) LEAT_RETURN_IF_ERROR(take_back(piece));
  for (const Piece& piece : record_.pieces) {
    if (is_of(piece)) LEAT_RETURN_IF_ERROR(take_back(piece));
  }
  std::erase_if(record_.pieces, is_of);
  return Ok{};
}

Status CutDraft::take_back(const Piece& piece) {
  auto partition = engine_.partitions.find(piece.partition);
  return guard_.until_written([&] {
    return piece.position == 0
               ? engine_.segments.remove(*partition, piece.segment_base)
               : engine_.segments.truncate(*partition, piece.segment_base, piece.position);
  });
}

}  // namespace leat::log
