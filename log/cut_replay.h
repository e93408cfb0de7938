// Redoes cuts from their journal records.
//
// A segment that one of them replaces is not looked at any more, by those before it either: its
// file may be damaged or gone without hurting anybody.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include "log/engine.h"
#include "log/state_builder.h"

namespace leat::log {

class CutReplay {
 public:
  CutReplay(Engine& engine, std::shared_ptr<const LogState> state)
      : engine_(engine), state_(std::move(state)) {}

  // The next cuts, all that there are, from their records' payloads: their edits, their inline
  // bytes into the segments again. What a large cut wrote is checked; where it does not verify,
  // that partition is quarantined.
  Status redo(const std::vector<std::string_view>& payloads);

  const std::shared_ptr<const LogState>& state() const { return state_; }

 private:
  Status find_replaced(std::string_view payload);
  Status redo_cut(std::string_view payload);
  Status redo_piece(Partition& partition, const Piece& piece, CutId cut, ByteReader& inline_bytes);
  Status rewrite_piece(Partition& partition, const Piece& piece, std::string_view bytes);
  Status redo_replacement(CutId cut, const SegmentReplacement& replacement, StateBuilder* builder);

  Engine& engine_;
  std::shared_ptr<const LogState> state_;
  std::map<PartitionId, std::set<SegmentName>> replaced_;  // by one of the cuts
};

}  // namespace leat::log
