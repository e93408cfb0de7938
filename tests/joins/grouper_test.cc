#include "joins/grouper.h"

#include <catch2/catch.hpp>
#include <string>

namespace leat::joins {
namespace {

TEST_CASE("MoreKeysThanWereAnnouncedAreGroupedAllTheSame") {
  std::vector<std::string> keys;
  for (int i = 0; i < 5000; ++i) keys.push_back("key" + std::to_string(i));
  Grouper grouper;
  grouper.start(3);
  for (int round = 0; round < 2; ++round) {
    for (size_t i = 0; i < keys.size(); ++i) CHECK(grouper.add(keys[i]) == i);
  }
  REQUIRE(grouper.keys().size() == keys.size());
  std::vector<size_t> members;
  grouper.for_each_member(4999, [&](size_t member) { members.push_back(member); });
  CHECK(members == std::vector<size_t>{9999, 4999});
}

}  // namespace
}  // namespace leat::joins
