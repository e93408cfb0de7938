// A log on the real disk, filled at random: topics of every codec, segments that roll, cuts inside
// the journal and beside it, tombstones, empty values, a record larger than a batch, and
// compactions.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "log/local_log.h"
#include "tests/support/process.h"
#include "tests/support/random.h"

namespace leat::test {

class RandomLog {
 public:
  explicit RandomLog(uint64_t seed);

  struct Partition {
    PartitionId id;
    std::string topic;
    std::string dir;  // of the copies of its files
  };
  const std::vector<Partition>& partitions() const { return partitions_; }
  // Adds COUNT cuts.
  void add_cuts(size_t count);
  // Compacts every topic.
  void compact();
  // Closes the log, so that all its files are whole, copies them, and opens it again.
  void reopen();

  // The copies whose names end in SUFFIX. They have the names that Kafka knows: what took the place
  // of other segments loses its ".r1".
  std::vector<std::string> files(const Partition& partition, std::string_view suffix) const;
  std::vector<std::string> files(std::string_view suffix) const;

  int64_t end_offset(const Partition& partition) const;
  log::LocalLog& log() { return *log_; }

 private:
  void open();
  void copy_files() const;
  void add_topic(const std::string& topic, log::BatchCodec codec, int32_t partitions);
  void commit(log::CommitUnit unit);
  std::string random_text(size_t size_max);

  Random random_;
  TempDir dir_;
  std::unique_ptr<log::LocalLog> log_;
  std::vector<Partition> partitions_;
  int64_t time_ms_ = 1'700'000'000'000;
};

}  // namespace leat::test
