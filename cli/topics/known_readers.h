// Which floors count when the log is opened.
//
// Floors move in memory and become durable with checkpoints: a crash brings back what they were at
// an earlier moment, those of readers that are gone included. Those who keep readers know better,
// and one rule holds for all of them: who is not known to its keeper holds nothing back.
//
//   consumer.NAME   the positions in the log (settle_consumer_floors)
//   rows.SOURCE     leat.yaml; how far it is, its row store says when its source begins
//   views.SLOT      the catalog of views; how far it is, its group says when it is opened
#pragma once

#include <string>
#include <vector>

#include "log/local_log.h"

namespace leat::cli {

// Those of the row stores NAMES that the log knows hold compaction back only while there is room,
// from the start on: a source may take long to be reached.
void settle_row_store_floors(const std::vector<std::string>& names, log::LocalLog& log);

// When all who keep readers were opened, before anything is compacted: lets go of every floor but
// those of KNOWN and of consumers.
void forget_other_readers(const std::vector<std::string>& known, log::LocalLog& log);

}  // namespace leat::cli
