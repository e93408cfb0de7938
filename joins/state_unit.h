// The arrangements of one or more dataflows, durable together with the position they stand at.
#pragma once

#include "log/store/state_unit.h"

namespace leat::joins {

using store::StateUnit;
using store::StateUnitOptions;
using store::StateUnitStats;

}  // namespace leat::joins
