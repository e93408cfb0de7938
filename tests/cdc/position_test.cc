#include "cdc/postgres/position.h"

#include <catch2/catch.hpp>

namespace leat::cdc {
namespace {

Position stored() {
  return {Lsn(1000), 77, 1, "shop"};
}

SystemFacts same_system() {
  SystemFacts system;
  system.system_identifier = 77;
  system.timeline = 1;
  system.database = "shop";
  system.wal_end = Lsn(1000);
  return system;
}

SlotFacts good_slot() {
  SlotFacts slot;
  slot.plugin = "pgoutput";
  slot.database = "shop";
  slot.wal_status = "reserved";
  slot.confirmed_flush = Lsn(900);
  return slot;
}

std::string refusal(const SystemFacts& system, const std::optional<SlotFacts>& slot) {
  Status status = check_resume(stored(), system, slot, "shop", "leat_shop");
  if (status.ok()) return "";
  CHECK_FALSE(status.error().is_transient());
  CHECK(status.error().message().find("leat source resnapshot shop") != std::string::npos);
  return status.error().message();
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("AServerThatWasPutBackToAnOlderStateOfItselfIsRefused") {
  CHECK(refusal(same_system(), good_slot()).empty());
  SystemFacts older = same_system();
  older.wal_end = Lsn(999);
  CHECK(holds(refusal(older, good_slot()), "put back to an older state"));
}

TEST_CASE("PositionReadsBackWhatItWasWrittenAs") {
  auto position = decode_position(encode_position(stored()));
  REQUIRE(position.ok());
  CHECK(position->lsn == Lsn(1000));
  CHECK(position->system_identifier == 77);
  CHECK(position->timeline == 1);
  CHECK(position->database == "shop");
}

TEST_CASE("APositionThatIsCutShortIsRefused") {
  std::string bytes = encode_position(stored()).substr(0, 19);
  for (size_t size = 0; size <= bytes.size(); ++size) {
    CHECK_FALSE(decode_position(bytes.substr(0, size)).ok());
  }
}

TEST_CASE("CommitPositionsCompareAsTheirBytesDo") {
  CHECK(encode_commit_position(Lsn(0xff)) < encode_commit_position(Lsn(0x100)));
  CHECK(encode_commit_position(Lsn(0xff)) < encode_commit_position(Lsn(0x1000000000)));
}

TEST_CASE("StreamingGoesOnWhereTheSlotIsAtOrBelowTheLog") {
  CHECK(refusal(same_system(), good_slot()).empty());
  SlotFacts exact = good_slot();
  exact.confirmed_flush = stored().lsn;
  CHECK(refusal(same_system(), exact).empty());
}

TEST_CASE("ASlotThatCannotGiveWhatTheLogLacksIsRefused") {
  SlotFacts ahead = good_slot();
  ahead.confirmed_flush = Lsn(1001);
  CHECK(holds(refusal(same_system(), ahead), "is ahead of this log (0/3E9 > 0/3E8)"));
  SlotFacts lost = good_slot();
  lost.wal_status = "lost";
  CHECK(holds(refusal(same_system(), lost), "was invalidated"));
  SlotFacts foreign = good_slot();
  foreign.plugin = "wal2json";
  CHECK(holds(refusal(same_system(), foreign), "somebody else's"));
  CHECK(holds(refusal(same_system(), std::nullopt), "is gone"));
}

TEST_CASE("AnotherServerTimelineOrDatabaseIsRefused") {
  SystemFacts server = same_system();
  server.system_identifier = 78;
  CHECK(holds(refusal(server, good_slot()), "another server"));
  SystemFacts timeline = same_system();
  timeline.timeline = 2;
  CHECK(holds(refusal(timeline, good_slot()), "timeline 2"));
  SystemFacts database = same_system();
  database.database = "other";
  CHECK(holds(refusal(database, good_slot()), "database shop was captured"));
}

}  // namespace
}  // namespace leat::cdc
