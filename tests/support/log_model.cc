#include "tests/support/log_model.h"

#include <algorithm>
#include <set>

namespace leat::test {

using namespace leat::log;

namespace {

const char* const kTopics[] = {"shop.public.orders", "shop.public.customers", "shop.odd name/%"};
constexpr int32_t kPartitionsMost = 3;

Schema random_schema(Random& random) {
  Schema schema;
  for (size_t i = 0; i <= random.below(4); ++i) {
    schema.columns.push_back({"column" + std::to_string(i), {TypeId::int64}, random.one_in(2)});
  }
  schema.key_columns = {0};
  return schema;
}

TopicSettings random_settings(Random& random) {
  constexpr BatchCodec kCodecs[] = {BatchCodec::none, BatchCodec::lz4, BatchCodec::zstd};
  TopicSettings settings;
  settings.compaction_lag_ms_min = random.between(0, 1000);
  settings.codec = kCodecs[random.below(std::size(kCodecs))];
  return settings;
}

struct Applier {
  LogModel::Contents* contents;

  void drop(std::optional<GenerationId>& generation) const {
    if (!generation) return;
    contents->partitions.erase(*generation);
    contents->schemas.erase(*generation);
    generation.reset();
  }
  void operator()(const CreateTopic& edit) const {
    auto [at, is_new] = contents->topics.try_emplace(edit.topic);
    if (is_new && edit.settings) at->second.settings = *edit.settings;
  }
  void operator()(const AlterTopic& edit) const {
    contents->topics.at(edit.topic).settings = edit.settings;
  }
  void operator()(const BeginGeneration& edit) const {
    LogModel::Topic& topic = contents->topics.at(edit.topic);
    drop(topic.filling);
    topic.filling = edit.generation;
    contents->partitions[edit.generation].resize(static_cast<size_t>(edit.partition_count));
    contents->schemas[edit.generation] = edit.schema;
  }
  void operator()(const SwitchGeneration& edit) const {
    LogModel::Topic& topic = contents->topics.at(edit.topic);
    drop(topic.current);
    topic.current = topic.filling;
    topic.filling.reset();
    topic.stopped = false;
  }
  void operator()(const StopTopic& edit) const { contents->topics.at(edit.topic).stopped = true; }
  void operator()(const DropTopic& edit) const {
    LogModel::Topic& topic = contents->topics.at(edit.topic);
    drop(topic.current);
    drop(topic.filling);
    contents->topics.erase(edit.topic);
  }
};

Result<LogModel::Keys> keys_of(ChangeLog& log, PartitionId partition) {
  LEAT_ASSIGN_OR_RETURN(auto reader, log.read_partition(partition, Offset(0)));
  LogModel::Keys keys;
  while (true) {
    LEAT_ASSIGN_OR_RETURN(auto records, reader->next(700));
    if (records.empty()) return keys;
    for (const RecordView& record : records) keys.emplace_back(record.key);
  }
}

std::string difference_of(ChangeLog& log, const GenerationState& state,
                          const std::vector<LogModel::Keys>& expected) {
  std::string where = "generation " + std::to_string(state.id.value());
  if (state.partitions.size() != expected.size()) return where + ": number of partitions";
  for (size_t i = 0; i < expected.size(); ++i) {
    PartitionId id{state.id, PartitionIndex(static_cast<int32_t>(i))};
    std::string place = where + " partition " + std::to_string(i);
    auto keys = keys_of(log, id);
    if (!keys.ok()) return place + ": " + keys.error().message();
    if (*keys != expected[i]) {
      return place + ": " + std::to_string(keys->size()) + " records instead of " +
             std::to_string(expected[i].size());
    }
    if (state.partitions[i].end != Offset(static_cast<int64_t>(expected[i].size()))) {
      return place + ": end offset";
    }
  }
  return "";
}

std::optional<GenerationId> id_of(const std::optional<GenerationState>& generation) {
  return generation ? std::optional(generation->id) : std::nullopt;
}

}  // namespace

void LogModel::apply(const Unit& unit, Contents* contents) {
  for (const TopicEdit& edit : unit.edits) std::visit(Applier{contents}, edit);
  for (const Append& append : unit.appends) {
    Keys& to = contents->partitions.at(append.partition.generation)
                   .at(static_cast<size_t>(append.partition.index.value()));
    to.insert(to.end(), append.keys.begin(), append.keys.end());
  }
}

LogModel::Contents LogModel::after(size_t count) const {
  Contents contents;
  for (size_t i = 0; i < count; ++i) apply(units_[i], &contents);
  return contents;
}

void LogModel::forget_after(size_t count) {
  units_.resize(count);
}

size_t LogModel::units_in(const LogState& state) {
  auto at = state.source_positions.find("model");
  return at == state.source_positions.end() ? 0 : std::stoul(at->second);
}

CommitUnit LogModel::next_unit(ChangeLog& log, size_t large_bytes) {
  Contents now = after(units_.size());
  Unit unit;
  CommitUnit out;
  if (random_.one_in(4)) add_edits(now, log, &unit);
  for (const TopicEdit& edit : unit.edits) std::visit(Applier{&now}, edit);
  add_appends(now, random_.one_in(8) ? large_bytes : 60, &unit, &out);
  out.edits = unit.edits;
  units_.push_back(std::move(unit));
  out.position = SourcePosition{"model", std::to_string(units_.size())};
  return out;
}

void LogModel::add_edits(const Contents& now, ChangeLog& log, Unit* unit) {
  std::string name = kTopics[random_.below(std::size(kTopics))];
  auto at = now.topics.find(name);
  bool exists = at != now.topics.end();
  if (exists && random_.one_in(12)) {
    unit->edits.push_back(DropTopic{name});
    return;
  }
  if (exists && at->second.current && random_.one_in(8))
    unit->edits.push_back(StopTopic{name, "test"});
  if (!exists) unit->edits.push_back(CreateTopic{name, TopicKind::table, random_settings(random_)});
  if (exists && random_.one_in(6)) {
    unit->edits.push_back(AlterTopic{name, random_settings(random_)});
  }
  if (exists && at->second.filling && random_.one_in(2)) {
    unit->edits.push_back(SwitchGeneration{name, *at->second.filling});
    return;
  }
  GenerationId generation = log.allocate_generation();
  highest_generation_ = std::max(highest_generation_.load(), generation.value());
  auto partitions = static_cast<int32_t>(random_.between(1, kPartitionsMost));
  SchemaId schema = log.schema_id(random_schema(random_));
  unit->edits.push_back(BeginGeneration{name, generation, schema, partitions});
  if (random_.one_in(2)) unit->edits.push_back(SwitchGeneration{name, generation});
}

void LogModel::add_appends(const Contents& now, size_t bytes, Unit* unit, CommitUnit* out) {
  for (const auto& [generation, partitions] : now.partitions) {
    bool is_stopped = false;
    for (const auto& [name, topic] : now.topics) {
      if (topic.current == generation && topic.stopped) is_stopped = true;
    }
    if (is_stopped || random_.one_in(2)) continue;
    Append append{
        {generation, PartitionIndex(static_cast<int32_t>(random_.below(partitions.size())))}, {}};
    PartitionAppend records{append.partition, {}};
    for (size_t i = 0; i <= random_.below(4); ++i) {
      append.keys.push_back("key" + std::to_string(++keys_));
      std::string value(random_.below(bytes + 1), static_cast<char>('a' + random_.below(26)));
      bool is_tombstone = random_.one_in(5);
      records.records.add(static_cast<int64_t>(keys_), append.keys.back(),
                          is_tombstone ? std::nullopt : std::optional<std::string_view>(value),
                          "before");
    }
    unit->appends.push_back(std::move(append));
    out->appends.push_back(std::move(records));
  }
}

std::string LogModel::difference(ChangeLog& log, size_t count) const {
  Contents expected = after(count);
  auto state = log.state();
  size_t found = 0;
  for (const auto& topic : state->topics) {
    if (topic->name.starts_with("leat.")) continue;
    ++found;
    auto at = expected.topics.find(topic->name);
    if (at == expected.topics.end()) return topic->name + ": should not be there";
    if (id_of(topic->current) != at->second.current) return topic->name + ": current generation";
    if (id_of(topic->filling) != at->second.filling) return topic->name + ": filling generation";
    if (topic->stopped_reason.has_value() != at->second.stopped) return topic->name + ": stopped";
    if (!(topic->settings == at->second.settings)) return topic->name + ": settings";
    for (const auto* generation : {&topic->current, &topic->filling}) {
      if (!*generation) continue;
      if (log.schema((*generation)->schema) == nullptr)
        return topic->name + ": its schema is missing";
      std::string why = difference_of(log, **generation, expected.partitions.at((*generation)->id));
      if (!why.empty()) return topic->name + ": " + why;
    }
  }
  return found == expected.topics.size() ? "" : "topics are missing";
}

namespace {

// Takes a step's records into KEYS; an error where something is taken back that is not there.
std::string take_step(const ReadStep& step,
                      std::map<std::string, std::multiset<std::string>>* keys) {
  for (const TopicChunk& chunk : step.chunks) {
    auto& of_topic = (*keys)[std::string(chunk.topic)];
    for (const RecordView& record : chunk.records) {
      std::string key(record.key);
      if (!chunk.retracts) {
        of_topic.insert(key);
        continue;
      }
      auto at = of_topic.find(key);
      if (at == of_topic.end()) return "took back " + key + ", which it never gave";
      of_topic.erase(at);
    }
  }
  return "";
}

}  // namespace

Replay replay_cuts(ChangeLog& log, std::vector<std::string> topics, size_t bytes_max) {
  Replay replay;
  auto reader = log.read_cuts(std::move(topics), {});
  if (!reader.ok()) return {{}, reader.error().message()};
  std::map<std::string, std::multiset<std::string>> keys;
  while (true) {
    auto step = (*reader)->next(bytes_max, CutId(UINT64_MAX), std::chrono::milliseconds(0));
    if (!step.ok()) return {{}, step.error().message()};
    if (!*step) break;
    std::string error = take_step(**step, &keys);
    if (!error.empty()) return {{}, error};
  }
  for (const auto& [topic, of_topic] : keys) {
    if (!of_topic.empty()) replay.keys[topic].assign(of_topic.begin(), of_topic.end());
  }
  if ((*reader)->position().cut() != log.state()->cut) replay.error = "did not reach the last cut";
  return replay;
}

}  // namespace leat::test
