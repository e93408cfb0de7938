// concat and concat_ws: any number of values of any types, NULLs left out.
#pragma once

#include "joins/scalar/functions.h"

namespace leat::joins {

BindResult<ScalarPtr> bind_concat(std::string_view name, std::vector<ScalarPtr> arguments);

}  // namespace leat::joins
