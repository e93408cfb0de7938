// Why `leat log compact` left something as it was.
#pragma once

#include <string>

#include "cli/topics/topic_report.h"
#include "compaction/partition_compaction.h"

namespace leat::cli {

// A line that names the reader which holds the most back, or the reason why there was nothing to
// do; empty where all was compacted.
std::string hindrance_text(const TopicReport& topic, const compaction::CompactionTotals& totals);

}  // namespace leat::cli
