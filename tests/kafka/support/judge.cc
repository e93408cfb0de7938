#include "tests/kafka/support/judge.h"

#include <catch2/catch.hpp>

#include "tests/kafka/support/kafka_jars.h"

namespace leat::test {

std::optional<std::string> kafka_or_skip() {
  auto class_path = kafka_class_path();
  if (class_path.ok()) return *class_path;
  WARN("kafka_tests skipped: " << class_path.error().message());
  return std::nullopt;
}

}  // namespace leat::test
