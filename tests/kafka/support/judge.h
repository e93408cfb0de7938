// Whether Kafka is here to judge.
#pragma once

#include <optional>
#include <string>

namespace leat::test {

// Kafka's class path; none where it cannot be had, which the test says and then passes: what it
// would show is not shown. ctest counts the program as skipped.
std::optional<std::string> kafka_or_skip();

}  // namespace leat::test
