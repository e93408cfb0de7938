// What a log should hold after so many units: the reference that crash tests compare with.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "log/change_log.h"
#include "tests/support/random.h"

namespace leat::test {

// Makes random units for one log, numbered from 1; each carries its number as the position of the
// source "model". A unit may depend on those before it.
class LogModel {
 public:
  struct Topic {
    std::optional<GenerationId> current;
    std::optional<GenerationId> filling;
    bool stopped = false;
    log::TopicSettings settings;
  };
  using Keys = std::vector<std::string>;
  struct Contents {
    std::map<std::string, Topic> topics;
    std::map<GenerationId, std::vector<Keys>> partitions;  // of current and filling generations
    std::map<GenerationId, SchemaId> schemas;
  };

  explicit LogModel(uint64_t seed) : random_(seed) {}

  // The next unit. LOG gives the ids. Edits and appends of every kind, small and (with about
  // LARGE_BYTES of records) large.
  log::CommitUnit next_unit(log::ChangeLog& log, size_t large_bytes);
  size_t count() const { return units_.size(); }
  // The highest that the log ever gave out. Any thread.
  GenerationId highest_generation() const { return GenerationId(highest_generation_); }
  // The units behind the first COUNT were lost.
  void forget_after(size_t count);

  // What is there after the first COUNT units.
  Contents after(size_t count) const;
  // How many units STATE holds.
  static size_t units_in(const log::LogState& state);
  // The first difference between LOG and what COUNT units made; empty: none.
  std::string difference(log::ChangeLog& log, size_t count) const;

 private:
  struct Append {
    PartitionId partition;
    Keys keys;
  };
  struct Unit {
    std::vector<log::TopicEdit> edits;
    std::vector<Append> appends;
  };

  static void apply(const Unit& unit, Contents* contents);
  void add_edits(const Contents& now, log::ChangeLog& log, Unit* unit);
  void add_appends(const Contents& now, size_t bytes, Unit* unit, log::CommitUnit* out);

  Random random_;
  std::vector<Unit> units_;
  size_t keys_ = 0;
  std::atomic<uint64_t> highest_generation_{0};
};

// All of TOPICS read cut by cut from the beginning, in steps of about BYTES_MAX: the keys that are
// there at the end, by topic, sorted. Or what went wrong.
struct Replay {
  std::map<std::string, std::vector<std::string>> keys;
  std::string error;
};
Replay replay_cuts(log::ChangeLog& log, std::vector<std::string> topics, size_t bytes_max);

}  // namespace leat::test
