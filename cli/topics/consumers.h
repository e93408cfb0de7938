// Named readers of topics outside Leat, with a position that the log keeps for them.
//
// A consumer has been given everything of its topic up to a cut, and has said so. The log keeps
// that as it keeps a source's position, in the record of a cut: durable with it, in every
// checkpoint and backup, and in no topic that would have to be compacted. Its floor
// ("consumer.NAME") holds back compaction, retention and the removal of old generations.
//
// At least once: what was given after the last commit is given again. Exactly once for who stores
// the cut of a mark together with what came before it: marks fall between transactions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "log/base/status.h"
#include "log/local_log.h"

namespace leat::cli {

struct ConsumerPosition {
  std::string topic;
  GenerationId generation;  // that it was reading; 0 before the first commit
  CutId cut;

  friend bool operator==(const ConsumerPosition&, const ConsumerPosition&) = default;
};

struct ConsumerReport {
  std::string name;
  std::string topic;
  uint64_t cut = 0;
  uint64_t behind = 0;  // cuts
  bool topic_is_deleted = false;
};

inline constexpr size_t kConsumersMax = 100;

// By name.
std::vector<ConsumerReport> consumer_reports(const log::LogState& state);
std::optional<ConsumerPosition> find_consumer(const log::LogState& state, const std::string& name);

// After the log was opened, before anything is compacted: a crash leaves the floors as of an
// earlier moment. They go to where the consumers stand, and those of dropped ones go.
void settle_consumer_floors(log::LocalLog& log);

// Whether the log knows a consumer by this reader's name.
bool is_consumer_reader(const std::string& reader);

// Where the consumer NAME of TOPIC goes on. A new one begins at the start, and holds things back
// from now on. Errors: a name that cannot be, too many consumers, one of another topic, one that
// was detached because it was too far behind (until it is reset).
Result<ConsumerPosition> open_consumer(log::LocalLog& log, const std::string& name,
                                       const std::string& topic);

// Return when it is durable. A commit never goes back; reset_consumer does. A commit of a consumer
// that was detached meanwhile is an error: what it was given may have holes.
Status commit_consumer(log::LocalLog& log, const std::string& name,
                       const ConsumerPosition& position);
Status reset_consumer(log::LocalLog& log, const std::string& name, CutId cut);
Status drop_consumer(log::LocalLog& log, const std::string& name);

std::string consumers_json(const std::vector<ConsumerReport>& consumers);
Result<std::vector<ConsumerReport>> parse_consumers_json(std::string_view json);
std::string consumers_text(const std::vector<ConsumerReport>& consumers);

}  // namespace leat::cli
