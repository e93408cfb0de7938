// Views of a running Leat against what their SQL gives elsewhere.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/postgres_server.h"
#include "tests/whole/support/leat_server.h"

namespace leat::test {

std::vector<TextRow> sorted(std::vector<TextRow> rows);

// The first of VIEWS whose rows, in any order, are not those that ANSWER gives for its query, and
// why; empty where all are.
std::string first_differing_view(
    const LeatServer& leat, const std::vector<ViewFile>& views,
    const std::function<std::vector<TextRow>(const std::string& query)>& answer);

}  // namespace leat::test
