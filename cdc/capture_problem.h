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

}  // namespace leat::cdc
