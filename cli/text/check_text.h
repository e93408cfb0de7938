// What `leat check` prints of one source.
#pragma once

#include <string>
#include <vector>

#include "cdc/report.h"

namespace leat::cli {

struct FindingCounts {
  int ok = 0;
  int fix = 0;
  int stop = 0;
  int note = 0;
};

FindingCounts count_findings(const std::vector<cdc::Finding>& findings);

// "source shop · PostgreSQL 15.20 at localhost:5432/shop", then a line a finding, the statement
// that mends it below. Each line ends in a newline.
std::string check_text(const std::string& source, const cdc::SourceReport& report);

// "2 ok, 1 to fix, 3 tables stopped, 1 note"; without the tables where there are none.
std::string counts_text(const FindingCounts& counts);

}  // namespace leat::cli
