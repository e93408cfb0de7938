// When what an ingestor has open becomes a unit of the log.
#pragma once

#include <chrono>

#include "cdc/ingestor.h"
#include "log/base/status.h"

namespace leat::cdc {

class UnitPace {
 public:
  // At once where nothing more is at hand. While more is, a unit grows up to a bound: so small
  // transactions share a cut under load.
  Status submit_if_due(Ingestor& ingestor, bool more_is_here);

 private:
  std::chrono::nanoseconds opened_{0};
};

}  // namespace leat::cdc
