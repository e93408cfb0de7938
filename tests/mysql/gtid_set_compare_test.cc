// Random sets of GTIDs: union, difference and containment are the server's.
#include <catch2/catch.hpp>

#include "cdc/mysql/binlog/gtid_set.h"
#include "tests/mysql/support/binlog_fixture.h"
#include "tests/support/random.h"

namespace leat::test {
namespace {

using cdc::mysql::GtidSet;

std::string random_set(Random& random) {
  const char* const kSources[] = {"3e11fa47-71ca-11e1-9e33-c80aa9429562",
                                  "3e11fa47-71ca-11e1-9e33-c80aa9429562:blue",
                                  "4e11fa47-71ca-11e1-9e33-c80aa9429562"};
  std::string out;
  for (size_t i = 0, count = random.below(5); i < count; ++i) {
    uint64_t first = 1 + random.below(20);
    if (!out.empty()) out += ",";
    out += std::string(kSources[random.below(3)]) + ":" + std::to_string(first) + "-" +
           std::to_string(first + random.below(8));
  }
  return out;
}

GtidSet parsed(const std::string& text) {
  auto set = GtidSet::parse(text);
  if (!set.ok()) FAIL(set.error().message());
  return *set;
}

TEST_CASE("OperationsOnGtidSetsAreTheServers") {
  MysqlServer* server = shared_server(MysqlKind::mysql);
  if (server == nullptr) return;
  auto client = MysqlClient::connect(server->port());
  REQUIRE(client.ok());
  uint64_t seed_value = seed();
  INFO("LEAT_SEED=" << seed_value);
  Random random(seed_value);
  for (int round = 0; round < 200; ++round) {
    std::string a = random_set(random), b = random_set(random);
    INFO("a " << a << " b " << b);
    auto rows = (*client)->query("SELECT gtid_subset('" + a + "', '" + b + "'), gtid_subtract('" +
                                 a + "', '" + b + "'), gtid_subtract('" + a + "', '')");
    REQUIRE(rows.ok());
    const TextRow& row = rows->at(0);
    CHECK(parsed(b).contains(parsed(a)) == (row[0] == "1"));
    CHECK(parsed(a).minus(parsed(b)) == parsed(*row[1]));
    CHECK(parsed(a) == parsed(*row[2]));
  }
}

}  // namespace
}  // namespace leat::test
