// Redoes cuts from their journal records.
#pragma once

#include <memory>
#include <string_view>

#include "log/engine.h"
#include "log/state_builder.h"

namespace leat::log {

class CutReplay {
 public:
  CutReplay(Engine& engine, std::shared_ptr<const LogState> state)
      : engine_(engine), state_(std::move(state)) {}

  // The next cut, from its record's payload: its edits, its inline bytes into the segments again.
  // What a large cut wrote is checked; where it does not verify, that partition is quarantined.
  Status redo(std::string_view payload);

  const std::shared_ptr<const LogState>& state() const { return state_; }

 private:
  Status redo_piece(Partition& partition, const Piece& piece, CutId cut, ByteReader& inline_bytes);
  Status redo_replacement(CutId cut, const SegmentReplacement& replacement, StateBuilder* builder);

  Engine& engine_;
  std::shared_ptr<const LogState> state_;
};

}  // namespace leat::log
