// The names of the files in a data directory.
//
//   LOCK                                        held while a process has the log open
//   CHECKPOINT                                  the durable floor; replaced by renaming
//   CHECKPOINT.new journal/00000000000000000012.journal        numbered journal files
//   segments/GENERATION/TOPIC-PARTITION/00000000000000000000.log   Kafka's naming below GENERATION
//                                       (segment_file_name)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "log/base/ids.h"

namespace leat::log {

// A topic's name as part of a file name: Kafka's legal characters stand for themselves, all other
// bytes as %XX.
std::string topic_file_name(std::string_view topic);

class DataPaths {
 public:
  explicit DataPaths(std::string dir) : dir_(std::move(dir)) {}

  const std::string& dir() const { return dir_; }
  std::string lock() const { return dir_ + "/LOCK"; }
  std::string checkpoint() const { return dir_ + "/CHECKPOINT"; }
  std::string checkpoint_new() const { return dir_ + "/CHECKPOINT.new"; }
  std::string journal_dir() const { return dir_ + "/journal"; }
  std::string journal(uint64_t number) const;
  std::string segments_dir() const { return dir_ + "/segments"; }
  std::string generation_dir(GenerationId generation) const;
  std::string partition_dir(PartitionId partition, std::string_view topic) const;

 private:
  std::string dir_;
};

// A number as 20 digits, so that names sort as numbers do; and back.
std::string numbered_name(uint64_t number, std::string_view suffix);
std::optional<uint64_t> number_of_name(std::string_view name, std::string_view suffix);

// The generation whose directory has this name.
std::optional<GenerationId> parse_generation_dir(std::string_view name);

inline constexpr std::string_view kJournalSuffix = ".journal";

}  // namespace leat::log
