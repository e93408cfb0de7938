// What one cut says in the journal: everything needed to redo it on the state before it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "log/base/bytes.h"
#include "log/base/ids.h"
#include "log/base/status.h"
#include "log/change_log.h"
#include "log/partition.h"
#include "log/segment.h"

namespace leat::log {

struct StoredSchema {
  SchemaId id;
  std::string bytes;  // encode_schema

  friend bool operator==(const StoredSchema&, const StoredSchema&) = default;
};

struct ReaderFloor {
  std::string reader;
  CutId cut;
};

struct CutRecord {
  CutId cut;
  GenerationId generations_reserved;  // ids below it may have been given out
  std::vector<TopicEdit> edits;
  std::vector<StoredSchema> schemas;
  std::vector<SourcePosition> positions;
  std::vector<ReaderFloor> new_readers;
  std::vector<Piece> pieces;
  std::vector<SegmentReplacement> replacements;
};

// A segment's state, here and in a checkpoint.
void append_segment_state(const SegmentState& segment, std::string* out);
SegmentState read_segment_state(ByteReader& in);

// The record without the inline pieces' bytes: those follow it, in the pieces' order.
void append_cut_record(const CutRecord& record, std::string* out);

// Reads what append_cut_record wrote; leaves IN at the first inline byte. From a disk: what does
// not parse is a permanent error.
Result<CutRecord> read_cut_record(ByteReader& in);

}  // namespace leat::log
