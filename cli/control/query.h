// One SELECT, run to its end.
#pragma once

#include <functional>
#include <string_view>

#include "cli/text/query_result.h"
#include "log/base/status.h"
#include "views/serve/query_service.h"

namespace leat::cli {

// The rows as of the newest cut, as text. The error of a bad statement is led by its place; more
// than 256 MB of values are an error that says to use psql, and so is one that runs for more than
// ten minutes. CLOSING is asked now and then: true ends it.
Result<QueryResult> run_one_query(const views::serve::QueryService& queries, std::string_view sql,
                                  const std::function<bool()>& closing);

}  // namespace leat::cli
