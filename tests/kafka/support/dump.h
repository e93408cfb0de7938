// Runs Kafka's DumpLogSegments, once over many files.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "log/base/status.h"

namespace leat::test {

// What it printed of each file, by path, without the lines that name it: last come its holes.
using Dump = std::map<std::string, std::vector<std::string>>;
// ARGUMENTS beside --files.
Result<Dump> dump_segments(const std::string& class_path, const std::vector<std::string>& files,
                           const std::vector<std::string>& arguments);

}  // namespace leat::test
