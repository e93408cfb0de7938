// Why a table cannot be captured, as `leat run` and `leat check` say it.
#pragma once

#include <string>

namespace leat::cdc {

struct CaptureProblem {
  std::string reason;     // goes behind the table's name: "has no primary key"
  std::string statement;  // that mends it; may be empty

  // As one sentence for a status line.
  std::string text() const;
};

// WHY a table of SOURCE stands still, with the command that copies its tables anew.
std::string with_resnapshot(const std::string& why, const std::string& source);

}  // namespace leat::cdc
