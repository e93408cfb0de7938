// Are the segment files as long, and where it matters as sound, as the log's state says?
#pragma once

#include <memory>

#include "log/engine.h"

namespace leat::log {

// Compares a large cut's bytes with their checksum; a difference quarantines the partition.
Status check_piece(SegmentStore& segments, Partition& partition, const Piece& piece);

// Goes over all segment files that STATE has: cuts off what no cut committed, quarantines
// partitions whose files are missing or short. Returns STATE with the damage.
Result<std::shared_ptr<const LogState>> check_segments(Engine& engine,
                                                       std::shared_ptr<const LogState> state);

// Removes files that belong to nothing in STATE. Only when STATE is durable: what a shorter log
// still had must not go before.
Status remove_strays(Engine& engine, const LogState& state);

}  // namespace leat::log
