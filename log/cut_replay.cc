#include "log/cut_replay.h"

#include "log/base/hash.h"
#include "log/segment_check.h"
#include "log/state_builder.h"

namespace leat::log {
namespace {

Error contradicts(CutId cut, std::string_view what) {
  return Error::permanent("the journal's record of cut " + std::to_string(cut.value()) +
                          " contradicts the cuts before it: " + std::string(what));
}

Status redo_edits(const CutRecord& record, Engine& engine, StateBuilder* builder) {
  for (const TopicEdit& edit : record.edits) {
    LEAT_RETURN_IF_ERROR(builder->apply(edit));
    if (auto* begin = std::get_if<BeginGeneration>(&edit))
      add_partitions(*begin, &engine.partitions);
  }
  for (const SourcePosition& position : record.positions) builder->set_position(position);
  for (const StoredSchema& schema : record.schemas) {
    LEAT_RETURN_IF_ERROR(engine.schemas.restore(schema));
  }
  for (const ReaderFloor& floor : record.new_readers) {
    engine.reader_floors.set(floor.reader, floor.cut, Hold::always);
  }
  return Ok{};
}

}  // namespace

Status CutReplay::redo(const std::vector<std::string_view>& payloads) {
  for (std::string_view payload : payloads) LEAT_RETURN_IF_ERROR(find_replaced(payload));
  for (std::string_view payload : payloads) LEAT_RETURN_IF_ERROR(redo_cut(payload));
  return Ok{};
}

Status CutReplay::find_replaced(std::string_view payload) {
  ByteReader in(payload);
  LEAT_ASSIGN_OR_RETURN(auto record, read_cut_record(in));
  for (const SegmentReplacement& each : record.replacements) {
    for (const SegmentState& segment : each.removed) {
      replaced_[each.partition].insert(segment.name());
    }
  }
  return Ok{};
}

Status CutReplay::redo_cut(std::string_view payload) {
  ByteReader in(payload);
  LEAT_ASSIGN_OR_RETURN(auto record, read_cut_record(in));
  if (record.cut != state_->cut.next()) return contradicts(record.cut, "it is not the next");
  StateBuilder builder(*state_, record.cut);
  LEAT_RETURN_IF_ERROR(redo_edits(record, engine_, &builder));
  for (const Piece& piece : record.pieces) {
    auto partition = engine_.partitions.find(piece.partition);
    if (partition == nullptr || builder.partition(partition->topic(), piece.partition) == nullptr) {
      return contradicts(record.cut, "it writes to a generation that is not there");
    }
    LEAT_RETURN_IF_ERROR(redo_piece(*partition, piece, record.cut, in));
    builder.extend(partition->topic(), piece);
  }
  for (const SegmentReplacement& each : record.replacements) {
    LEAT_RETURN_IF_ERROR(redo_replacement(record.cut, each, &builder));
  }
  if (!in.done()) return contradicts(record.cut, "its inline bytes have another size");
  for (const GenerationState& dropped : builder.dropped()) {
    remove_partitions(dropped, &engine_.partitions);
  }
  engine_.generation_ids.restore(record.generations_reserved);
  state_ = std::move(builder).build();
  return Ok{};
}

// The new files were durable before the record was.
Status CutReplay::redo_replacement(CutId cut, const SegmentReplacement& replacement,
                                   StateBuilder* builder) {
  auto partition = engine_.partitions.find(replacement.partition);
  // Closing the last segment on request left no trace of its own.
  if (partition != nullptr && !replacement.removed.empty()) {
    partition->close(replacement.removed.back().name());
  }
  bool fits = partition != nullptr && partition->can_replace(replacement) &&
              builder->is_current(partition->topic(), replacement.partition.generation) &&
              builder->partition(partition->topic(), replacement.partition) != nullptr;
  if (!fits) return contradicts(cut, "it replaces segments that are not there");
  partition->replace(replacement);
  builder->replace(partition->topic(), replacement);
  return Ok{};
}

Status CutReplay::redo_piece(Partition& partition, const Piece& piece, CutId cut,
                             ByteReader& inline_bytes) {
  if (!partition.continues(piece)) {
    return Error::permanent("the journal and the segments of " + partition.name() +
                            " contradict each other");
  }
  auto replaced = replaced_.find(partition.id());
  bool is_live =
      replaced == replaced_.end() || !replaced->second.contains(SegmentName(piece.segment_base));
  if (piece.is_inline) {
    std::string_view bytes = inline_bytes.bytes(piece.size);
    if (crc32c(bytes) != piece.crc) {
      return Error::permanent("the journal's bytes for " + partition.name() + " do not verify");
    }
    if (is_live) LEAT_RETURN_IF_ERROR(rewrite_piece(partition, piece, bytes));
  } else if (is_live) {
    LEAT_RETURN_IF_ERROR(check_piece(engine_.segments, partition, piece));
  }
  partition.apply(piece, cut);
  return Ok{};
}

Status CutReplay::rewrite_piece(Partition& partition, const Piece& piece, std::string_view bytes) {
  engine_.segments.distrust_names(partition);
  return engine_.segments.write(partition, piece.segment_base, piece.position, bytes);
}

}  // namespace leat::log
