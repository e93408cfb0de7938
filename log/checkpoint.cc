#include "log/checkpoint.h"

#include "log/base/bytes.h"
#include "log/base/hash.h"

namespace leat::log {
namespace {

constexpr std::string_view kMagic = "LEATCKP1";
constexpr std::string_view kMagicOfAnyVersion = "LEATCKP";
constexpr uint64_t kCheckpointBytesMax = uint64_t{1} << 30;

Error damaged(std::string_view what) {
  return Error::permanent(std::string(what));
}

void append_offset(Offset offset, std::string* out) {
  append_varint(out, static_cast<uint64_t>(offset.value()));
}
Offset read_offset(ByteReader& in) {
  return Offset(static_cast<int64_t>(in.varint()));
}

void append_partition_state(const PartitionState& partition, std::string* out) {
  append_offset(partition.start, out);
  append_offset(partition.end, out);
  append_offset(partition.cleaned_horizon, out);
  append_varint(out, partition.bytes);
  append_sized(out, partition.damage);
}

PartitionState read_partition_state(ByteReader& in) {
  PartitionState partition;
  partition.start = read_offset(in);
  partition.end = read_offset(in);
  partition.cleaned_horizon = read_offset(in);
  partition.bytes = in.varint();
  partition.damage = std::string(in.sized());
  return partition;
}

void append_generation(const GenerationState& generation, std::string* out) {
  append_varint(out, generation.id.value());
  append_varint(out, generation.schema.value());
  append_varint(out, generation.since.value());
  append_varint(out, generation.rewrites);
  append_varint(out, generation.partitions.size());
  for (const PartitionState& partition : generation.partitions)
    append_partition_state(partition, out);
}

GenerationState read_generation(ByteReader& in) {
  GenerationState generation;
  generation.id = GenerationId(in.varint());
  generation.schema = SchemaId(static_cast<uint32_t>(in.varint()));
  generation.since = CutId(in.varint());
  generation.rewrites = in.varint();
  uint64_t partitions = in.varint();
  for (uint64_t i = 0; i < partitions && in.ok(); ++i) {
    generation.partitions.push_back(read_partition_state(in));
  }
  return generation;
}

template <class T, class Append>
void append_optional(const std::optional<T>& value, std::string* out, Append append) {
  out->push_back(value ? 1 : 0);
  if (value) append(*value, out);
}

// Of a TopicState or a RetiredGeneration.
template <class T>
void append_stop(const T& stopped, std::string* out) {
  append_optional(stopped.stopped_reason, out,
                  [](const std::string& reason, std::string* to) { append_sized(to, reason); });
  append_varint(out, stopped.stopped_at.value());
}

template <class T>
void read_stop(ByteReader& in, T* stopped) {
  if (in.u8() != 0) stopped->stopped_reason = std::string(in.sized());
  stopped->stopped_at = CutId(in.varint());
}

void append_topic(const TopicState& topic, std::string* out) {
  append_sized(out, topic.name);
  out->push_back(static_cast<char>(topic.kind));
  append_topic_settings(topic.settings, out);
  append_optional(topic.current, out, append_generation);
  append_optional(topic.filling, out, append_generation);
  append_stop(topic, out);
}

Result<std::shared_ptr<const TopicState>> read_topic(ByteReader& in) {
  auto topic = std::make_shared<TopicState>();
  topic->name = std::string(in.sized());
  topic->kind = static_cast<TopicKind>(in.u8());
  LEAT_ASSIGN_OR_RETURN(topic->settings, read_topic_settings(in));
  if (in.u8() != 0) topic->current = read_generation(in);
  if (in.u8() != 0) topic->filling = read_generation(in);
  read_stop(in, topic.get());
  return std::shared_ptr<const TopicState>(std::move(topic));
}

void append_state(const LogState& state, std::string* out) {
  append_varint(out, state.cut.value());
  append_le(out, state.incarnation);
  append_varint(out, state.topics.size());
  for (const auto& topic : state.topics) append_topic(*topic, out);
  append_varint(out, state.retired.size());
  for (const auto& retired : state.retired) {
    append_sized(out, retired->topic);
    append_generation(retired->generation, out);
    append_varint(out, retired->until.value());
    append_stop(*retired, out);
  }
  append_varint(out, state.source_positions.size());
  for (const auto& [source, position] : state.source_positions) {
    append_sized(out, source);
    append_sized(out, position);
  }
}

Result<std::shared_ptr<const LogState>> read_state(ByteReader& in) {
  auto state = std::make_shared<LogState>();
  state->cut = CutId(in.varint());
  state->incarnation = in.le<uint64_t>();
  uint64_t topics = in.varint();
  for (uint64_t i = 0; i < topics && in.ok(); ++i) {
    LEAT_ASSIGN_OR_RETURN(auto topic, read_topic(in));
    state->topics.push_back(std::move(topic));
  }
  uint64_t retired = in.varint();
  for (uint64_t i = 0; i < retired && in.ok(); ++i) {
    RetiredGeneration generation;
    generation.topic = std::string(in.sized());
    generation.generation = read_generation(in);
    generation.until = CutId(in.varint());
    read_stop(in, &generation);
    state->retired.push_back(std::make_shared<RetiredGeneration>(std::move(generation)));
  }
  uint64_t positions = in.varint();
  for (uint64_t i = 0; i < positions && in.ok(); ++i) {
    std::string source(in.sized());
    state->source_positions[source] = std::string(in.sized());
  }
  return std::shared_ptr<const LogState>(std::move(state));
}

void append_partition(const PartitionSegments& partition, std::string* out) {
  append_varint(out, partition.partition.generation.value());
  append_varint(out, static_cast<uint64_t>(partition.partition.index.value()));
  append_sized(out, partition.topic);
  append_varint(out, partition.segments.size());
  for (const SegmentState& segment : partition.segments) append_segment_state(segment, out);
  append_offset(partition.end, out);
  append_sized(out, partition.damage);
}

PartitionSegments read_partition(ByteReader& in) {
  PartitionSegments partition;
  partition.partition.generation = GenerationId(in.varint());
  partition.partition.index = PartitionIndex(static_cast<int32_t>(in.varint()));
  partition.topic = std::string(in.sized());
  uint64_t segments = in.varint();
  for (uint64_t i = 0; i < segments && in.ok(); ++i) {
    partition.segments.push_back(read_segment_state(in));
  }
  partition.end = read_offset(in);
  partition.damage = std::string(in.sized());
  return partition;
}

Result<Checkpoint> read_payload(std::string_view payload) {
  ByteReader in(payload);
  Checkpoint checkpoint;
  checkpoint.journal.number = in.le<uint64_t>();
  checkpoint.journal.salt = in.le<uint64_t>();
  checkpoint.generations_reserved = GenerationId(in.varint());
  LEAT_ASSIGN_OR_RETURN(checkpoint.state, read_state(in));
  uint64_t partitions = in.varint();
  for (uint64_t i = 0; i < partitions && in.ok(); ++i) {
    checkpoint.partitions.push_back(read_partition(in));
  }
  uint64_t schemas = in.varint();
  for (uint64_t i = 0; i < schemas && in.ok(); ++i) {
    SchemaId id(static_cast<uint32_t>(in.varint()));
    checkpoint.schemas.push_back({id, std::string(in.sized())});
  }
  uint64_t readers = in.varint();
  for (uint64_t i = 0; i < readers && in.ok(); ++i) {
    std::string reader(in.sized());
    checkpoint.reader_floors[reader] = CutId(in.varint());
  }
  if (!in.done()) return damaged("its contents do not parse");
  return checkpoint;
}

}  // namespace

std::string encode_checkpoint(const Checkpoint& checkpoint) {
  std::string payload;
  append_le(&payload, checkpoint.journal.number);
  append_le(&payload, checkpoint.journal.salt);
  append_varint(&payload, checkpoint.generations_reserved.value());
  append_state(*checkpoint.state, &payload);
  append_varint(&payload, checkpoint.partitions.size());
  for (const PartitionSegments& partition : checkpoint.partitions) {
    append_partition(partition, &payload);
  }
  append_varint(&payload, checkpoint.schemas.size());
  for (const StoredSchema& schema : checkpoint.schemas) {
    append_varint(&payload, schema.id.value());
    append_sized(&payload, schema.bytes);
  }
  append_varint(&payload, checkpoint.reader_floors.size());
  for (const auto& [reader, cut] : checkpoint.reader_floors) {
    append_sized(&payload, reader);
    append_varint(&payload, cut.value());
  }
  std::string out(kMagic);
  append_le(&out, uint64_t{payload.size()});
  out += payload;
  append_le(&out, crc32c(out));
  return out;
}

Result<Checkpoint> decode_checkpoint(std::string_view bytes) {
  ByteReader in(bytes);
  std::string_view magic = in.bytes(kMagic.size());
  if (magic.starts_with(kMagicOfAnyVersion) && magic != kMagic) {
    return damaged("is of the unknown format version '" + std::string(magic.substr(7)) +
                   "'; open it with the Leat that wrote it, or a newer one");
  }
  auto size = in.le<uint64_t>();
  std::string_view payload = in.bytes(size);
  auto crc = in.le<uint32_t>();
  if (!in.done() || magic != kMagic) return damaged("is not a whole checkpoint file");
  if (crc != crc32c(bytes.substr(0, bytes.size() - sizeof crc))) {
    return damaged("is damaged: its checksum does not match");
  }
  return read_payload(payload);
}

WriteOutcome write_checkpoint(Fs& fs, const DataPaths& paths, std::string_view encoded) {
  std::string fresh = paths.checkpoint_new();
  auto there = fs.exists(fresh);
  if (!there.ok()) return {there.error(), false};
  if (*there) {
    if (Status removed = fs.remove_file(fresh); !removed.ok()) return {removed, false};
  }
  auto file = fs.open(fresh, OpenMode::create_new);
  if (!file.ok()) return {file.error(), false};
  if (Status written = (*file)->write_at(0, encoded); !written.ok()) return {written, false};
  if (Status synced = (*file)->sync(); !synced.ok()) return {synced, true};
  if (Status renamed = fs.rename(fresh, paths.checkpoint()); !renamed.ok()) return {renamed, false};
  Status synced = fs.sync_dir(paths.dir());
  return {synced, !synced.ok()};
}

Result<Checkpoint> read_checkpoint(Fs& fs, const DataPaths& paths) {
  LEAT_ASSIGN_OR_RETURN(auto bytes, read_file(fs, paths.checkpoint(), kCheckpointBytesMax));
  auto checkpoint = decode_checkpoint(bytes);
  if (!checkpoint.ok()) return checkpoint.error().in(paths.checkpoint());
  return checkpoint;
}

}  // namespace leat::log
