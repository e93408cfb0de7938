// A cut from its first unit to its journal record: what it does to the state, and its records as
// pieces. It comes whole, or in parts:
//
//   parts      ─▶ edits; batches into the segments, behind their committed ends ─┐
//   last part  ─▶ the same; the pieces synced ─▶ record() ─▶ journal             │
//   abandoned  ─▶ the segments cut back to their committed ends ◀────────────────┘
//
// No byte of it counts before the record is durable: after a crash recovery cuts the segments back.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "log/cut_encoder.h"
#include "log/cut_record.h"
#include "log/engine.h"
#include "log/state_builder.h"
#include "log/write_guard.h"

namespace leat::log {

// One thread.
class CutDraft {
 public:
  // Large: records go to the segments at once; small: into body().
  enum class Size { small, large };
  CutDraft(Engine& engine, WriteGuard& guard, const LogState& base, Size size);

  // In each unit edits take effect before appends. A small cut's appends to one partition all come
  // in one call.
  Status add(std::span<const CommitUnit> units);
  // Nothing more comes. A large cut's pieces are on the disk after it.
  Status finish();
  // Takes back what was written; the draft is of no use any more.
  Status abandon();

  bool is_large() const { return size_ == Size::large; }
  CutRecord& record() { return record_; }
  const CutRecord& record() const { return record_; }
  // The inline pieces' bytes.
  const std::string& body() const { return encoder_.body(); }
  StateBuilder& builder() { return builder_; }

 private:
  CutEncoder::Write write_to_segments();
  void note(const CommitUnit& unit);
  Status encode(std::span<const CommitUnit> units);
  Status take_pieces();
  Status void_appends(GenerationId generation);
  Status take_back(const Piece& piece);

  Engine& engine_;
  WriteGuard& guard_;
  const Size size_;
  CutRecord record_;
  StateBuilder builder_;
  CutEncoder encoder_;
  std::vector<GenerationId> begun_;
};

}  // namespace leat::log
