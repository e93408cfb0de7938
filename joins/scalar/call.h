// A call of a catalog entry.
#pragma once

#include <string>
#include <vector>

#include "joins/scalar/kernel.h"
#include "joins/scalar/scalar.h"

namespace leat::joins {

// NAME is for printing; ARGUMENTS (one to three) have the kernel's types. NULL where one of them
// is.
ScalarPtr make_call(std::string name, Type result, Kernel kernel, std::vector<ScalarPtr> arguments);

}  // namespace leat::joins
