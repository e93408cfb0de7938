#include "log/topic_settings.h"

#include <catch2/catch.hpp>

#include "log/local_log.h"
#include "log/topic_edit_codec.h"
#include "tests/support/recording_fs.h"

using namespace leat;
using namespace leat::log;
using namespace std::chrono_literals;

namespace {

constexpr int64_t kHourMs = 60 * 60 * 1000;

class Harness {
 public:
  std::unique_ptr<LocalLog> open() {
    LocalLogOptions options{.fs = fs_, .clock = Clock::system(), .dir = "/data"};
    options.journal_bytes = 64 << 10;
    options.on_fatal = [](const Error&) {};
    options.settings_of_new_topic = [](std::string_view topic, TopicKind) {
      TopicSettings settings;
      if (topic == "packed") settings.codec = BatchCodec::lz4;
      return settings;
    };
    return *LocalLog::open(std::move(options));
  }

  static Status commit(LocalLog& log, TopicEdit edit) {
    CommitUnit unit;
    unit.edits.push_back(std::move(edit));
    LEAT_ASSIGN_OR_RETURN(Ticket ticket, log.submit(std::move(unit)));
    LEAT_ASSIGN_OR_RETURN(bool durable, log.wait_durable(ticket, 60s));
    return durable ? Status() : Status(Error::transient("not durable"));
  }

  void kill() { fs_.kill(); }

 private:
  std::shared_ptr<test::SimulatedDisk> disk_ = std::make_shared<test::SimulatedDisk>();
  test::RecordingFs fs_{disk_};
};

TopicSettings unusual() {
  TopicSettings settings;
  settings.codec = BatchCodec::zstd;
  settings.compaction_lag_ms_min = kHourMs;
  settings.compaction_lag_ms_max = 2 * kHourMs;
  settings.compaction_dirty_percent = 10;
  settings.tombstone_retention_ms = 0;
  settings.segment_bytes_max = 64 << 20;
  settings.segment_age_ms_max = kHourMs;
  return settings;
}

}  // namespace

TEST_CASE("SettingsComeBackFromTheirBytes") {
  TopicSettings settings = unusual();
  settings.retention_ms = kForeverMs;
  settings.retention_bytes = 1 << 30;
  std::string bytes;
  append_topic_settings(settings, &bytes);
  ByteReader in(bytes);
  auto read = read_topic_settings(in);
  REQUIRE(read.ok());
  CHECK(*read == settings);
  CHECK(in.done());
}

TEST_CASE("SettingsOfANewerFormatOrCutShortAreRefused") {
  std::string bytes;
  append_topic_settings(unusual(), &bytes);
  for (size_t size = 0; size < bytes.size(); ++size) {
    ByteReader in(std::string_view(bytes).substr(0, size));
    CHECK_FALSE(read_topic_settings(in).ok());
  }
  bytes[1] = 99;
  ByteReader in(bytes);
  auto read = read_topic_settings(in);
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().message().find("99") != std::string::npos);
}

TEST_CASE("SettingsOutOfBoundsOrOfTheOtherKindAreRefused") {
  CHECK(check_topic_settings(TopicKind::table, unusual()).ok());
  CHECK_FALSE(check_topic_settings(TopicKind::stream, unusual()).ok());
  auto refused = [](TopicKind kind, auto change) {
    TopicSettings settings;
    change(settings);
    return !check_topic_settings(kind, settings).ok();
  };
  CHECK(refused(TopicKind::table, [](auto& s) { s.retention_ms = kHourMs; }));
  CHECK(refused(TopicKind::table, [](auto& s) { s.compaction_lag_ms_min = -1; }));
  CHECK(refused(TopicKind::table, [](auto& s) { s.compaction_dirty_percent = 0; }));
  CHECK(refused(TopicKind::table, [](auto& s) { s.segment_bytes_max = 1000; }));
  CHECK(refused(TopicKind::stream, [](auto& s) { s.retention_ms = 10; }));
  CHECK(refused(TopicKind::stream, [](auto& s) { s.segment_age_ms_max = 0; }));
  CHECK_FALSE(refused(TopicKind::stream, [](auto& s) { s.retention_ms = kForeverMs; }));
}

TEST_CASE("ANewTopicTakesTheSettingsThatTheLogWasOpenedToGiveIt") {
  Harness harness;
  auto log = harness.open();
  REQUIRE(Harness::commit(*log, CreateTopic{"packed"}).ok());
  REQUIRE(Harness::commit(*log, CreateTopic{"plain"}).ok());
  REQUIRE(Harness::commit(*log, CreateTopic{"own", TopicKind::table, unusual()}).ok());
  auto state = log->state();
  CHECK(state->find("packed")->settings.codec == BatchCodec::lz4);
  CHECK(state->find("plain")->settings == TopicSettings());
  CHECK(state->find("own")->settings == unusual());
  harness.kill();
}

TEST_CASE("AnAlteredTopicKeepsItsSettingsThroughJournalAndCheckpoint") {
  Harness harness;
  {
    auto log = harness.open();
    REQUIRE(Harness::commit(*log, CreateTopic{"orders"}).ok());
    REQUIRE(Harness::commit(*log, AlterTopic{"orders", unusual()}).ok());
    CHECK(log->state()->find("orders")->settings == unusual());
    REQUIRE(log->close().ok());
  }
  CHECK(harness.open()->state()->find("orders")->settings == unusual());
  harness.kill();
}

TEST_CASE("AlteringATopicThatIsNotThereOrBeyondItsBoundsIsRefusedBySubmit") {
  Harness harness;
  auto log = harness.open();
  CHECK_FALSE(Harness::commit(*log, AlterTopic{"none", {}}).ok());
  REQUIRE(Harness::commit(*log, CreateTopic{"events", TopicKind::stream}).ok());
  Status refused = Harness::commit(*log, AlterTopic{"events", unusual()});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message().find("events") != std::string::npos);
  CHECK(log->state()->find("events")->settings == TopicSettings());
  harness.kill();
}
