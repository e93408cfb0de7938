#include "cdc/capture_problem.h"

namespace leat::cdc {

std::string CaptureProblem::text() const {
  if (statement.empty()) return reason;
  return reason + ": " + statement.substr(0, statement.find_last_not_of(';') + 1);
}

}  // namespace leat::cdc
