#include "log/record.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using leat::log::RecordBuffer;
using leat::log::RecordView;

TEST_CASE("RecordBufferGivesBackWhatWasAddedInOrder") {
  RecordBuffer buffer;
  buffer.add(5, "key", "value", "header");
  buffer.add(-6, "", std::nullopt, "");
  buffer.add(7, "k", "", "h");
  std::vector<RecordView> seen;
  buffer.for_each([&](const RecordView& record) { seen.push_back(record); });
  REQUIRE(seen.size() == 3);
  CHECK(buffer.count() == 3);
  CHECK(seen[0].timestamp_ms == 5);
  CHECK(seen[0].key == "key");
  CHECK(seen[0].value == "value");
  CHECK(seen[0].change_header == "header");
  CHECK_FALSE(seen[1].value.has_value());
  CHECK(seen[1].timestamp_ms == -6);
  CHECK(seen[2].value == "");
  CHECK(seen[2].offset == leat::Offset(2));
}

TEST_CASE("ClearedRecordBufferIsEmpty") {
  RecordBuffer buffer;
  buffer.add(1, "key", "value", "header");
  buffer.clear();
  CHECK(buffer.empty());
  CHECK(buffer.bytes() == 0);
  buffer.for_each([](const RecordView&) { FAIL("there is no record"); });
}

TEST_CASE("RecordBufferRewindsToItsMark") {
  RecordBuffer buffer;
  buffer.add(1, "kept", "value", "");
  RecordBuffer::Mark mark = buffer.mark();
  buffer.add(2, "taken back", "value", "");
  buffer.rewind(mark);
  buffer.add(3, "after", std::nullopt, "");
  std::vector<std::string> keys;
  buffer.for_each([&](const RecordView& record) { keys.emplace_back(record.key); });
  CHECK(keys == std::vector<std::string>{"kept", "after"});
}
