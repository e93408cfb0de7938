// What the state of the log means for a view: when its inputs can first be read, and which cut it
// cannot follow.
#pragma once

#include <optional>
#include <string>

#include "log/change_log.h"
#include "views/view_catalog.h"

namespace leat::views {

// A cut that a view over INPUTS must not apply: it stays as of the one before.
struct Obstacle {
  CutId cut;
  std::string reason;
};

// The first such cut behind AFTER, as far as STATE knows: an input stopped, was dropped, or its
// columns changed. READY: the view has shown its inputs already; one that has not passes over
// former generations with other columns, or that were stopped: they come and go before it shows
// itself.
std::optional<Obstacle> first_obstacle(const log::LogState& state, const InputSchemas& inputs,
                                       CutId after, bool ready);

// The first input that is not yet a consistent table of the planned schema at the cut AT, at or
// before STATE's; none: the view may show itself.
std::optional<std::string> missing_input(const log::LogState& state, const InputSchemas& inputs,
                                         CutId at);

// Whether every input is there and goes on, whatever its columns: a frozen view can be built anew.
bool inputs_go_on(const log::LogState& state, const InputSchemas& inputs);

}  // namespace leat::views
