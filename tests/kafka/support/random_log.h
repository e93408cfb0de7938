// A log on the real disk, filled at random: topics of every codec, segments that roll, cuts inside
// the journal and beside it, tombstones, empty values, and a record larger than a batch.
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
    std::string dir;  // of its files
  };
  const std::vector<Partition>& partitions() const { return partitions_; }
  // All files of the partitions whose names end in SUFFIX.
  std::vector<std::string> files(std::string_view suffix) const;
  // Adds COUNT cuts.
  void add_cuts(size_t count);
  // Closes the log, so that all its files are whole, and opens it again.
  void reopen();

  int64_t end_offset(const Partition& partition) const;
  log::LocalLog& log() { return *log_; }

 private:
  void open();
  void add_topic(const std::string& topic, log::BatchCodec codec, int32_t partitions);
  void commit(log::CommitUnit unit);
  std::string random_text(size_t size_max);

  Random random_;
  TempDir dir_;
  std::unique_ptr<log::LocalLog> log_;
  std::vector<Partition> partitions_;
  int64_t time_ms_ = 1'700'000'000'000;
};

// The files in DIR whose names end in SUFFIX.
std::vector<std::string> files_in(const std::string& dir, std::string_view suffix);

}  // namespace leat::test
