#include "cli/topics/consumers.h"

#include <chrono>

#include "cli/text/table.h"
#include "cli/text/units.h"
#include "cli/topics/topic_report.h"
#include "log/base/bytes.h"

namespace leat::cli {
namespace {

constexpr std::chrono::seconds kCommitTimeout{60};
constexpr std::string_view kFloorPrefix = "consumer.";
constexpr std::string_view kPositionPrefix = "consumer/";  // no source's name holds a /
constexpr size_t kNameBytesMax = 100;
constexpr uint8_t kFormat = 1;

std::string position_name(const std::string& consumer) {
  return std::string(kPositionPrefix) + consumer;
}
std::string floor_name(const std::string& consumer) {
  return std::string(kFloorPrefix) + consumer;
}

std::string encode(const ConsumerPosition& position) {
  std::string out(1, static_cast<char>(kFormat));
  append_sized(&out, position.topic);
  append_varint(&out, position.generation.value());
  append_varint(&out, position.cut.value());
  return out;
}

std::optional<ConsumerPosition> decode(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.u8() != kFormat) return std::nullopt;
  ConsumerPosition position;
  position.topic = std::string(in.sized());
  position.generation = GenerationId(in.varint());
  position.cut = CutId(in.varint());
  return in.done() ? std::optional(position) : std::nullopt;
}

Status check_name(const std::string& name) {
  bool legal =
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
      std::string::npos;
  if (legal && !name.empty() && name.size() <= kNameBytesMax) return {};
  return Error::permanent("'" + name + "' cannot be a consumer's name: 1 to 100 letters, digits, " +
                          "'.', '_' and '-'");
}

Error unknown(const std::string& name) {
  return Error::permanent("there is no consumer " + name + "; see: leat consumer list");
}

std::string go_on_with(const std::string& name) {
  return ". To go on, empty what mirrors the topic and start anew: leat consumer reset " + name;
}

// An error where the log no longer holds back compaction for the consumer: it was too far behind.
Status check_attached(const log::LocalLog& log, const std::string& name, CutId cut) {
  if (log.reader_floors().contains(floor_name(name))) return {};
  std::string reason = "it was too far behind";
  for (const log::DetachedReader& each : log.health().detached_readers) {
    if (each.reader == floor_name(name)) reason = each.reason;
  }
  return Error::permanent("consumer " + name + " was detached at cut " +
                          std::to_string(cut.value()) + ": " + reason +
                          "; what follows may be compacted" + go_on_with(name));
}

// The same where that has happened: changes behind CUT are no longer all there.
Status check_not_overtaken(const log::LogState& state, const std::string& name,
                           const ConsumerPosition& position) {
  const log::TopicState* topic = state.find(position.topic);
  bool same = topic != nullptr && topic->current && topic->current->id == position.generation;
  if (!same || position.cut >= topic->current->since) return {};
  return Error::permanent("what consumer " + name + " has not read behind cut " +
                          std::to_string(position.cut.value()) + " is compacted up to cut " +
                          std::to_string(topic->current->since.value()) + go_on_with(name));
}

// BYTES empty: forgotten.
Status store(log::LocalLog& log, const std::string& name, std::string bytes) {
  log::CommitUnit unit;
  unit.position = log::SourcePosition{position_name(name), std::move(bytes)};
  unit.may_pass = true;  // what it holds back may be the room that others wait for
  LEAT_ASSIGN_OR_RETURN(log::Ticket ticket, log.submit(std::move(unit)));
  LEAT_ASSIGN_OR_RETURN(bool durable, log.wait_durable(ticket, kCommitTimeout));
  if (durable) return {};
  return Error::transient("the position was not committed within a minute; is the disk full?");
}

// The floor last: what lies between it and the position is only kept too long.
Status move(log::LocalLog& log, const std::string& name, const ConsumerPosition& position) {
  LEAT_RETURN_IF_ERROR(store(log, name, encode(position)));
  log.set_reader_floor(floor_name(name), position.cut);
  return check_not_overtaken(*log.state(), name, position);
}

}  // namespace

std::vector<ConsumerReport> consumer_reports(const log::LogState& state) {
  std::vector<ConsumerReport> reports;
  for (auto at = state.source_positions.lower_bound(kPositionPrefix);
       at != state.source_positions.end() && at->first.starts_with(kPositionPrefix); ++at) {
    auto position = decode(at->second);
    if (!position) continue;  // forgotten
    uint64_t behind = state.cut > position->cut ? state.cut.since(position->cut) : 0;
    reports.push_back({at->first.substr(kPositionPrefix.size()), position->topic,
                       position->cut.value(), behind, state.find(position->topic) == nullptr});
  }
  return reports;
}

std::optional<ConsumerPosition> find_consumer(const log::LogState& state, const std::string& name) {
  auto at = state.source_positions.find(position_name(name));
  return at == state.source_positions.end() ? std::nullopt : decode(at->second);
}

bool is_consumer_reader(const std::string& reader) {
  return reader.starts_with(kFloorPrefix);
}

void settle_consumer_floors(log::LocalLog& log) {
  auto state = log.state();
  for (const auto& [floor, cut] : log.reader_floors()) {
    if (!floor.starts_with(kFloorPrefix)) continue;
    auto at = state->source_positions.find(position_name(floor.substr(kFloorPrefix.size())));
    bool is_dropped = at == state->source_positions.end() || at->second.empty();
    if (is_dropped) log.forget_reader(floor);
    auto position = is_dropped ? std::nullopt : decode(at->second);
    if (position) log.set_reader_floor(floor, position->cut);
  }
}

Result<ConsumerPosition> open_consumer(log::LocalLog& log, const std::string& name,
                                       const std::string& topic) {
  LEAT_RETURN_IF_ERROR(check_name(name));
  auto state = log.state();
  if (state->find(topic) == nullptr) return unknown_topic(*state, topic);
  if (auto known = find_consumer(*state, name)) {
    if (known->topic == topic) {
      LEAT_RETURN_IF_ERROR(check_attached(log, name, known->cut));
      LEAT_RETURN_IF_ERROR(check_not_overtaken(*state, name, *known));
      return *known;
    }
    return Error::permanent("consumer " + name + " reads " + known->topic +
                            "; take another name for " + topic);
  }
  if (consumer_reports(*state).size() >= kConsumersMax) {
    return Error::permanent("there are " + std::to_string(kConsumersMax) +
                            " consumers already; drop one: leat consumer list");
  }
  ConsumerPosition fresh{topic, GenerationId(0), CutId(0)};
  log.set_reader_floor(floor_name(name), fresh.cut);  // before the state that it will read
  LEAT_RETURN_IF_ERROR(store(log, name, encode(fresh)));
  return fresh;
}

Status commit_consumer(log::LocalLog& log, const std::string& name,
                       const ConsumerPosition& position) {
  auto state = log.state();
  auto known = find_consumer(*state, name);
  if (!known || known->topic != position.topic) return unknown(name);
  if (position.cut > state->cut) {
    return Error::permanent("cut " + std::to_string(position.cut.value()) +
                            " is not there yet; the log ends with cut " +
                            std::to_string(state->cut.value()));
  }
  LEAT_RETURN_IF_ERROR(check_attached(log, name, known->cut));
  if (position.cut <= known->cut) return {};
  return move(log, name, position);
}

Status reset_consumer(log::LocalLog& log, const std::string& name, CutId cut) {
  auto state = log.state();
  auto known = find_consumer(*state, name);
  if (!known) return unknown(name);
  if (cut > state->cut) {
    return Error::permanent("the log ends with cut " + std::to_string(state->cut.value()));
  }
  const log::TopicState* topic = state->find(known->topic);
  GenerationId generation =
      topic != nullptr && topic->current ? topic->current->id : GenerationId(0);
  if (cut != CutId(0) && topic != nullptr && topic->current && cut < topic->current->since) {
    return Error::permanent("the changes of " + known->topic + " are all there from cut " +
                            std::to_string(topic->current->since.value()) +
                            " on: reset to that or a later one, or to the start (without --to)");
  }
  log.set_reader_floor(floor_name(name), cut);
  return store(log, name,
               encode({known->topic, cut == CutId(0) ? GenerationId(0) : generation, cut}));
}

Status drop_consumer(log::LocalLog& log, const std::string& name) {
  if (!find_consumer(*log.state(), name)) return unknown(name);
  LEAT_RETURN_IF_ERROR(store(log, name, ""));
  log.forget_reader(floor_name(name));
  return {};
}

std::string consumers_text(const std::vector<ConsumerReport>& consumers) {
  if (consumers.empty()) return "no consumers; leat topic cat TOPIC --consumer NAME makes one\n";
  std::vector<std::vector<std::string>> rows;
  for (const ConsumerReport& each : consumers) {
    std::string topic = each.topic + (each.topic_is_deleted ? " (deleted)" : "");
    rows.push_back({each.name, topic, count_text(each.cut), count_text(each.behind)});
  }
  return aligned_table({"CONSUMER", "TOPIC", "PASSED CUT", "CUTS BEHIND"}, rows,
                       {Align::left, Align::left, Align::right, Align::right});
}

}  // namespace leat::cli
