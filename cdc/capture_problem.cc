#include "cdc/capture_problem.h"

namespace leat::cdc {

std::string CaptureProblem::text() const {
  if (statement.empty()) return reason;
  return reason + ": " + statement.substr(0, statement.find_last_not_of(';') + 1);
}

std::string with_resnapshot(const std::string& why, const std::string& source) {
  return why + ". To copy the tables anew: leat source resnapshot " + source;
}

}  // namespace leat::cdc
