// Kafka itself, as the independent judge of what the log writes: its jars, by Maven from Maven
// Central (tests/kafka/pom.xml) into build/kafka of the checkout, once.
#pragma once

#include <string>
#include <vector>

#include "log/base/status.h"
#include "tests/support/process.h"

namespace leat::test {

// The class path of Kafka's jars, fetched where they are not there yet; LEAT_KAFKA_JARS names a
// directory that has them. An error says what is missing: Java, Maven, or the way to Maven Central.
Result<std::string> kafka_class_path();

// How to run one of Kafka's classes. HEAP as -Xmx takes it.
ProcessOptions kafka_command(const std::string& class_path, const std::string& heap,
                             const std::vector<std::string>& arguments);

}  // namespace leat::test
