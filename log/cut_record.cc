#include "log/cut_record.h"

#include "log/topic_edit_codec.h"

namespace leat::log {
namespace {

Error damaged(std::string_view what) {
  return Error::permanent("a cut's record does not parse: " + std::string(what));
}

void append_piece(const Piece& piece, std::string* out) {
  append_varint(out, piece.partition.generation.value());
  append_varint(out, static_cast<uint64_t>(piece.partition.index.value()));
  append_varint(out, static_cast<uint64_t>(piece.segment_base.value()));
  append_varint(out, piece.position);
  append_varint(out, piece.size);
  append_le(out, piece.crc);
  append_varint(out, static_cast<uint64_t>(piece.end.value()));
  append_zigzag(out, piece.timestamp_ms_max);
  out->push_back(piece.is_inline ? 1 : 0);
}

Piece read_piece(ByteReader& in) {
  Piece piece;
  piece.partition.generation = GenerationId(in.varint());
  piece.partition.index = PartitionIndex(static_cast<int32_t>(in.varint()));
  piece.segment_base = Offset(static_cast<int64_t>(in.varint()));
  piece.position = in.varint();
  piece.size = in.varint();
  piece.crc = in.le<uint32_t>();
  piece.end = Offset(static_cast<int64_t>(in.varint()));
  piece.timestamp_ms_max = in.zigzag_varint();
  piece.is_inline = in.u8() != 0;
  return piece;
}

void append_offset(Offset offset, std::string* out) {
  append_varint(out, static_cast<uint64_t>(offset.value()));
}
Offset read_offset(ByteReader& in) {
  return Offset(static_cast<int64_t>(in.varint()));
}

template <class T, class Read>
void read_list(ByteReader& in, std::vector<T>* out, Read read) {
  uint64_t count = in.varint();
  for (uint64_t i = 0; i < count && in.ok(); ++i) out->push_back(read(in));
}

void append_replacement(const SegmentReplacement& replacement, std::string* out) {
  append_varint(out, replacement.partition.generation.value());
  append_varint(out, static_cast<uint64_t>(replacement.partition.index.value()));
  for (const auto* segments : {&replacement.removed, &replacement.added}) {
    append_varint(out, segments->size());
    for (const SegmentState& segment : *segments) append_segment_state(segment, out);
  }
  append_offset(replacement.start, out);
  append_offset(replacement.cleaned_horizon, out);
  append_varint(out, replacement.since.value());
}

SegmentReplacement read_replacement(ByteReader& in) {
  SegmentReplacement replacement;
  replacement.partition.generation = GenerationId(in.varint());
  replacement.partition.index = PartitionIndex(static_cast<int32_t>(in.varint()));
  read_list(in, &replacement.removed, read_segment_state);
  read_list(in, &replacement.added, read_segment_state);
  replacement.start = read_offset(in);
  replacement.cleaned_horizon = read_offset(in);
  replacement.since = CutId(in.varint());
  return replacement;
}

}  // namespace

void append_segment_state(const SegmentState& segment, std::string* out) {
  append_offset(segment.base, out);
  append_varint(out, segment.revision);
  append_offset(segment.end, out);
  append_varint(out, segment.bytes);
  append_zigzag(out, segment.timestamp_ms_first);
  append_zigzag(out, segment.timestamp_ms_max);
  append_varint(out, segment.cut_max.value());
  append_zigzag(out, segment.delete_horizon_ms);
}

SegmentState read_segment_state(ByteReader& in) {
  SegmentState segment;
  segment.base = read_offset(in);
  segment.revision = static_cast<uint32_t>(in.varint());
  segment.end = read_offset(in);
  segment.bytes = in.varint();
  segment.timestamp_ms_first = in.zigzag_varint();
  segment.timestamp_ms_max = in.zigzag_varint();
  segment.cut_max = CutId(in.varint());
  segment.delete_horizon_ms = in.zigzag_varint();
  return segment;
}

void append_cut_record(const CutRecord& record, std::string* out) {
  append_varint(out, record.cut.value());
  append_varint(out, record.generations_reserved.value());
  append_varint(out, record.edits.size());
  for (const TopicEdit& edit : record.edits) append_topic_edit(edit, out);
  append_varint(out, record.schemas.size());
  for (const StoredSchema& schema : record.schemas) {
    append_varint(out, schema.id.value());
    append_sized(out, schema.bytes);
  }
  append_varint(out, record.positions.size());
  for (const SourcePosition& position : record.positions) {
    append_sized(out, position.source);
    append_sized(out, position.position);
  }
  append_varint(out, record.new_readers.size());
  for (const ReaderFloor& floor : record.new_readers) {
    append_sized(out, floor.reader);
    append_varint(out, floor.cut.value());
  }
  append_varint(out, record.pieces.size());
  for (const Piece& piece : record.pieces) append_piece(piece, out);
  append_varint(out, record.replacements.size());
  for (const SegmentReplacement& each : record.replacements) append_replacement(each, out);
}

Result<CutRecord> read_cut_record(ByteReader& in) {
  CutRecord record;
  record.cut = CutId(in.varint());
  record.generations_reserved = GenerationId(in.varint());
  uint64_t edits = in.varint();
  for (uint64_t i = 0; i < edits && in.ok(); ++i) {
    LEAT_ASSIGN_OR_RETURN(auto edit, read_topic_edit(in));
    record.edits.push_back(std::move(edit));
  }
  read_list(in, &record.schemas, [](ByteReader& from) {
    SchemaId id(static_cast<uint32_t>(from.varint()));
    return StoredSchema{id, std::string(from.sized())};
  });
  read_list(in, &record.positions, [](ByteReader& from) {
    std::string source(from.sized());
    return SourcePosition{std::move(source), std::string(from.sized())};
  });
  read_list(in, &record.new_readers, [](ByteReader& from) {
    std::string reader(from.sized());
    return ReaderFloor{std::move(reader), CutId(from.varint())};
  });
  read_list(in, &record.pieces, read_piece);
  read_list(in, &record.replacements, read_replacement);
  if (!in.ok()) return damaged("it is cut short");
  return record;
}

}  // namespace leat::log
