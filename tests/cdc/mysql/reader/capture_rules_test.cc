#include "cdc/mysql/capture_rules.h"

#include <catch2/catch.hpp>

namespace leat::cdc::mysql {
namespace {

TableFacts orders() {
  TableFacts out;
  out.schema = "shop";
  out.name = "orders";
  out.engine = "InnoDB";
  ColumnFacts id;
  id.name = "id";
  id.data_type = "int";
  out.columns = {id};
  out.keys = {{"PRIMARY", {"id"}}};
  return out;
}

ServerFacts server() {
  ServerFacts out;
  out.binlog_row_image = "FULL";
  return out;
}

std::string refusal(const ServerFacts& facts) {
  auto planned = plan_capture(orders(), facts, {});
  return planned.ok() ? "" : planned.error().text();
}

TEST_CASE("ATableOfADatabaseThatIsLoggedIsCaptured") {
  CHECK(refusal(server()).empty());
  ServerFacts some = server();
  some.binlog_do_db = "a,shop";
  some.binlog_ignore_db = "shop2,b";
  CHECK(refusal(some).empty());
}

TEST_CASE("ATableOfADatabaseThatTheBinlogLeavesOutIsRefused") {
  ServerFacts ignoring = server();
  ignoring.binlog_ignore_db = "a,shop";
  CHECK(refusal(ignoring).find("binlog_ignore_db = a,shop") != std::string::npos);
  ServerFacts choosing = server();
  choosing.binlog_do_db = "shopping";
  CHECK(refusal(choosing).find("add binlog_do_db = shop ") != std::string::npos);
}

}  // namespace
}  // namespace leat::cdc::mysql
