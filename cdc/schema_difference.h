// Whether rows of one schema still have the form of another.
#pragma once

#include <string>

#include "log/model/schema.h"

namespace leat::cdc {

// Says what distinguishes NOW from what THEN was captured as; empty where its rows still have the
// same form. Names, order, types and modifiers that change values count; nullability and the length
// of a varchar do not.
std::string describe_difference(const Schema& then, const Schema& now);

}  // namespace leat::cdc
