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
    engine.reader_floors.set(floor.reader, floor.cut);
  }
  return Ok{};
}

}  // namespace

Status CutReplay::redo(std::string_view payload) {
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
    LEAT_RETURN_IF_ERROR(redo_piece(*partition, piece, in));
    builder.extend(partition->topic(), piece);
  }
  if (!in.done()) return contradicts(record.cut, "its inline bytes have another size");
  for (const GenerationState& dropped : builder.dropped()) {
    remove_partitions(dropped, &engine_.partitions);
  }
  engine_.generation_ids.restore(record.generations_reserved);
  state_ = std::move(builder).build();
  return Ok{};
}

Status CutReplay::redo_piece(Partition& partition, const Piece& piece, ByteReader& inline_bytes) {
  if (!partition.continues(piece)) {
    return Error::permanent("the journal and the segments of " + partition.name() +
                            " contradict each other");
  }
  if (piece.is_inline) {
    std::string_view bytes = inline_bytes.bytes(piece.size);
    if (crc32c(bytes) != piece.crc) {
      return Error::permanent("the journal's bytes for " + partition.name() + " do not verify");
    }
    LEAT_RETURN_IF_ERROR(
        engine_.segments.write(partition, piece.segment_base, piece.position, bytes));
    engine_.segments.distrust_names(partition);
  } else {
    LEAT_RETURN_IF_ERROR(check_piece(engine_.segments, partition, piece));
  }
  partition.apply(piece);
  return Ok{};
}

}  // namespace leat::log
