// Types as SQL writes them.
#pragma once

#include "log/model/type.h"
#include "views/sql/ast.h"
#include "views/sql/error.h"

namespace leat::views::sql {

// "numeric(10,2)" → numeric with PostgreSQL's modifier.
SqlResult<Type> resolve_type(const ast::TypeName& name);

}  // namespace leat::views::sql
