#include "tests/kafka/support/random_log.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "log/data_paths.h"

namespace leat::test {

using namespace leat::log;

namespace {
constexpr auto kLongest = std::chrono::seconds(30);
}

RandomLog::RandomLog(uint64_t seed) : random_(seed) {
  open();
  add_topic("shop.orders", BatchCodec::none, 2);
  add_topic("shop.customers", BatchCodec::lz4, 2);
  add_topic("shop.events", BatchCodec::zstd, 1);
}

void RandomLog::open() {
  LocalLogOptions options{.fs = Fs::posix(), .clock = Clock::system(), .dir = dir_ / "log"};
  options.segment_bytes_max = 160 << 10;
  options.inline_bytes_max = 16 << 10;
  options.journal_bytes = 1 << 20;
  auto opened = LocalLog::open(std::move(options));
  if (!opened.ok()) FAIL(opened.error().message());
  log_ = std::move(*opened);
}

void RandomLog::reopen() {
  REQUIRE(log_->close().ok());
  log_.reset();
  open();
}

void RandomLog::add_topic(const std::string& topic, BatchCodec codec, int32_t partitions) {
  TopicSettings settings;
  settings.codec = codec;
  GenerationId generation = log_->allocate_generation();
  CommitUnit unit;
  unit.edits = {CreateTopic{topic, TopicKind::table, settings},
                BeginGeneration{topic, generation, SchemaId(1), partitions},
                SwitchGeneration{topic, generation}};
  commit(std::move(unit));
  DataPaths paths(dir_ / "log");
  for (int32_t i = 0; i < partitions; ++i) {
    PartitionId id{generation, PartitionIndex(i)};
    partitions_.push_back({id, topic, paths.partition_dir(id, topic)});
  }
}

void RandomLog::commit(CommitUnit unit) {
  auto ticket = log_->submit(std::move(unit));
  if (!ticket.ok()) FAIL(ticket.error().message());
  auto durable = log_->wait_durable(*ticket, kLongest);
  REQUIRE(durable.ok());
  REQUIRE(*durable);
}

std::vector<std::string> RandomLog::files(std::string_view suffix) const {
  std::vector<std::string> all;
  for (const Partition& partition : partitions_) {
    std::vector<std::string> of_one = files_in(partition.dir, suffix);
    all.insert(all.end(), of_one.begin(), of_one.end());
  }
  return all;
}

int64_t RandomLog::end_offset(const Partition& partition) const {
  auto index = static_cast<size_t>(partition.id.index.value());
  return log_->state()->find(partition.topic)->current->partitions[index].end.value();
}

// Words of ASCII and of longer UTF-8, so that it compresses and prints.
std::string RandomLog::random_text(size_t size_max) {
  static const char* const kWords[] = {"water ", "mill ", "leat ",      "Mühle ",
                                       "naïve ", "水車 ", "0123456789 "};
  size_t size = random_.below(size_max + 1);
  std::string text;
  while (text.size() < size) text += kWords[random_.below(std::size(kWords))];
  return text;
}

void RandomLog::add_cuts(size_t count) {
  for (size_t i = 0; i < count; ++i) {
    CommitUnit unit;
    bool is_large = random_.one_in(6);
    for (const Partition& partition : partitions_) {
      if (random_.one_in(2)) continue;
      PartitionAppend append{partition.id, {}};
      size_t records = 1 + random_.below(is_large ? 300 : 8);
      for (size_t r = 0; r < records; ++r) {
        time_ms_ += random_.between(-50, 200);
        std::string value =
            random_.one_in(10) ? "" : random_text(random_.one_in(400) ? 1500000 : 300);
        append.records.add(
            time_ms_, "key-" + std::to_string(random_.below(500)),
            random_.one_in(9) ? std::nullopt : std::optional<std::string_view>(value),
            random_.one_in(5) ? "" : "before");
      }
      unit.appends.push_back(std::move(append));
    }
    commit(std::move(unit));
  }
}

std::vector<std::string> files_in(const std::string& dir, std::string_view suffix) {
  std::vector<std::string> files;
  if (!std::filesystem::exists(dir)) return files;
  for (const auto& entry : std::filesystem::directory_iterator(dir)) {
    if (entry.path().string().ends_with(suffix)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace leat::test
