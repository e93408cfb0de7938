// What Leat itself says of a partition, in the words of Kafka's tools, so that the two can be
// compared as text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "log/batch.h"
#include "log/change_log.h"

namespace leat::test {

// A segment file as DumpLogSegments should list it: its batches and records, one line each,
// then its holes, the last one first.
Result<std::vector<std::string>> dump_listing(std::string_view segment_bytes);

// A partition as kcat should print it with kKcatFormat. SEGMENTS are its files, which also say
// where batches begin: their first records name the cut in a header.
Result<std::string> kcat_listing(log::ChangeLog& log, PartitionId partition,
                                 const std::vector<std::string>& segments);
inline constexpr char kKcatFormat[] = "%o|%T|%K|%k|%S|%s|%h\n";

std::vector<std::string> split_lines(std::string_view text);

}  // namespace leat::test
