// The marks between a consumer's records: everything before one has been given.
//
//   {"cut":18204,"generation":7,"log":"8f3a61c20b5e9d47"}
//
// The log is named because a cut of one means nothing in another: a copy that was restored from a
// backup has numbers of cuts in common with the log that it was made of, and other changes in them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "log/base/ids.h"
#include "log/base/status.h"

namespace leat::cli {

struct ConsumerMark {
  CutId cut;
  GenerationId generation;   // that was being read
  uint64_t incarnation = 0;  // the log's

  friend bool operator==(const ConsumerMark&, const ConsumerMark&) = default;
};

// Whether a line of a consumer's records is a mark.
bool is_mark(std::string_view line);
// With its end.
std::string mark_line(const ConsumerMark& mark);
Result<ConsumerMark> parse_mark(std::string_view line);

}  // namespace leat::cli
