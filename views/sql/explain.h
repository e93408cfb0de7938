// A plan as text: one operator a line, inputs indented below it.
#pragma once

#include <string>

#include "joins/plan.h"

namespace leat::views::sql {

//   Map $0, $1 || 'x' key 0
//     Join left on 1 = 0 key 0
//       Input shop.public.orders columns 0, 2 key 0
//       Input shop.public.customers columns 0, 1 key 0
std::string explain(const joins::Plan& plan);

}  // namespace leat::views::sql
