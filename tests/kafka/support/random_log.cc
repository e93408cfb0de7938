#include "tests/kafka/support/random_log.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "compaction/cleaner.h"
#include "log/data_paths.h"
#include "log/model/change.h"

namespace leat::test {

namespace fs = std::filesystem;
using namespace leat::log;

namespace {

constexpr auto kLongest = std::chrono::seconds(30);

std::string change_header(bool has_before) {
  ChangeHeader header;
  header.transaction_id = 7;
  header.commit_position = "position";
  if (has_before) header.before = RowImage{SchemaId(1), "before"};
  std::string bytes;
  append_change_header(header, &bytes);
  return bytes;
}

// "0.r1.log" is "0.log" there.
std::string kafka_name(const std::string& name) {
  return name.substr(0, name.find('.')) + name.substr(name.rfind('.'));
}

std::vector<std::string> files_in(const std::string& dir) {
  std::vector<std::string> files;
  if (!fs::exists(dir)) return files;
  for (const auto& entry : fs::directory_iterator(dir)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

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
  copy_files();
  open();
}

// No two files of a partition may have one name: of a segment only the newest is left.
void RandomLog::copy_files() const {
  DataPaths paths(dir_ / "log");
  for (const Partition& partition : partitions_) {
    fs::remove_all(partition.dir);
    fs::create_directories(partition.dir);
    for (const std::string& file : files_in(paths.partition_dir(partition.id, partition.topic))) {
      fs::copy_file(file, fs::path(partition.dir) / kafka_name(fs::path(file).filename()));
    }
  }
}

void RandomLog::compact() {
  compaction::Cleaner cleaner(log_->segments(), {.bytes_per_second = 0});
  for (const Partition& partition : partitions_) {
    if (partition.id.index.value() != 0) continue;
    compaction::Progress progress;
    auto totals = cleaner.compact_now(partition.topic, progress);
    if (!totals.ok()) FAIL(totals.error().message());
    CHECK(totals->replaced);
    CHECK(totals->records_kept < totals->records_read);
  }
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
  for (int32_t i = 0; i < partitions; ++i) {
    std::string dir = dir_ / ("kafka/" + topic + "-" + std::to_string(i));
    partitions_.push_back({{generation, PartitionIndex(i)}, topic, dir});
  }
}

void RandomLog::commit(CommitUnit unit) {
  auto ticket = log_->submit(std::move(unit));
  if (!ticket.ok()) FAIL(ticket.error().message());
  auto durable = log_->wait_durable(*ticket, kLongest);
  REQUIRE(durable.ok());
  REQUIRE(*durable);
}

std::vector<std::string> RandomLog::files(const Partition& partition,
                                          std::string_view suffix) const {
  std::vector<std::string> files = files_in(partition.dir);
  std::erase_if(files, [&](const std::string& file) { return !file.ends_with(suffix); });
  return files;
}

std::vector<std::string> RandomLog::files(std::string_view suffix) const {
  std::vector<std::string> all;
  for (const Partition& partition : partitions_) {
    std::vector<std::string> of_one = files(partition, suffix);
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
            change_header(!random_.one_in(5)));
      }
      unit.appends.push_back(std::move(append));
    }
    commit(std::move(unit));
  }
}

}  // namespace leat::test
