#include "log/segment_check.h"

#include <algorithm>
#include <functional>
#include <set>

#include "log/base/hash.h"
#include "log/state_builder.h"

namespace leat::log {
namespace {

constexpr size_t kReadBytes = 1 << 20;

std::string place_of(const Partition& partition, const SegmentName& segment) {
  return partition.name() + ", segment " + segment_file_name(segment);
}

Result<uint32_t> crc_of(const File& file, uint64_t position, uint64_t size) {
  std::string buffer(std::min<uint64_t>(size, kReadBytes), '\0');
  uint32_t crc = 0;
  while (size > 0) {
    size_t wanted = std::min<uint64_t>(size, buffer.size());
    LEAT_ASSIGN_OR_RETURN(size_t got, file.read_at(position, buffer.data(), wanted));
    crc = crc32c_extend(crc, std::string_view(buffer).substr(0, got));
    if (got < wanted) return crc ^ 1;  // cut short: surely another checksum
    position += got;
    size -= got;
  }
  return crc;
}

// The committed part is there; what is behind it goes.
Status check_segment(SegmentStore& segments, Partition& partition, const SegmentState& segment) {
  std::string place = place_of(partition, segment.name());
  auto file = segments.open(partition, segment.name());
  if (!file.ok() && file.error().is_transient()) return file.error();
  if (!file.ok()) {
    partition.quarantine(place + " cannot be opened: " + file.error().message());
    return Ok{};
  }
  LEAT_ASSIGN_OR_RETURN(uint64_t size, (*file)->size());
  if (size < segment.bytes) {
    partition.quarantine(place + " has " + std::to_string(size) + " of its " +
                         std::to_string(segment.bytes) + " bytes");
  }
  return size > segment.bytes ? segments.truncate(partition, segment.name(), segment.bytes)
                              : Status();
}

Status remove_strays_of(Engine& engine, const Partition& partition) {
  std::string dir = engine.paths.partition_dir(partition.id(), partition.topic());
  LEAT_ASSIGN_OR_RETURN(bool there, engine.options.fs.exists(dir));
  if (!there) return Ok{};
  std::set<std::string> known;
  for (const SegmentState& segment : partition.segments()) {
    known.insert(segment_file_name(segment.name()));
    for (std::string_view suffix : kIndexSuffixes) {
      known.insert(segment_file_name(segment.name(), suffix));
    }
  }
  LEAT_ASSIGN_OR_RETURN(auto names, engine.options.fs.list_dir(dir));
  for (const std::string& name : names) {
    if (known.contains(name)) continue;
    LEAT_RETURN_IF_ERROR(engine.segments.remove_stray(dir + "/" + name));
  }
  return Ok{};
}

using VisitPartition = std::function<Status(Partition&)>;

Status for_each_partition(Engine& engine, const std::string& topic,
                          const GenerationState& generation, const VisitPartition& visit) {
  for (size_t i = 0; i < generation.partitions.size(); ++i) {
    auto partition =
        engine.partitions.find({generation.id, PartitionIndex(static_cast<int32_t>(i))});
    if (partition == nullptr) {
      return Error::permanent(engine.paths.checkpoint() + " lacks the segments of " + topic);
    }
    LEAT_RETURN_IF_ERROR(visit(*partition));
  }
  return Ok{};
}

Status for_each_partition(Engine& engine, const LogState& state, const VisitPartition& visit) {
  for (const auto& topic : state.topics) {
    for (const auto* generation : {&topic->current, &topic->filling}) {
      if (!*generation) continue;
      LEAT_RETURN_IF_ERROR(for_each_partition(engine, topic->name, **generation, visit));
    }
  }
  for (const auto& retired : state.retired) {
    LEAT_RETURN_IF_ERROR(for_each_partition(engine, retired->topic, retired->generation, visit));
  }
  return Ok{};
}

Status remove_stray_generations(Engine& engine, const std::set<std::string>& known) {
  LEAT_ASSIGN_OR_RETURN(auto names, engine.options.fs.list_dir(engine.paths.segments_dir()));
  for (const std::string& name : names) {
    if (known.contains(name)) continue;
    auto id = parse_generation_dir(name);
    if (id) LEAT_RETURN_IF_ERROR(engine.segments.remove_generation(*id));
  }
  return Ok{};
}

}  // namespace

Status check_piece(SegmentStore& segments, Partition& partition, const Piece& piece) {
  std::string place = place_of(partition, piece.segment_base);
  auto file = segments.open(partition, piece.segment_base);
  if (!file.ok() && file.error().is_transient()) return file.error();
  if (!file.ok()) {
    partition.quarantine(place + " cannot be opened: " + file.error().message());
    return Ok{};
  }
  LEAT_ASSIGN_OR_RETURN(uint32_t crc, crc_of(**file, piece.position, piece.size));
  if (crc == piece.crc) return Ok{};
  partition.quarantine(place + " does not match the journal's checksum from byte " +
                       std::to_string(piece.position) + " on");
  return Ok{};
}

Result<std::shared_ptr<const LogState>> check_segments(Engine& engine,
                                                       std::shared_ptr<const LogState> state) {
  StateBuilder builder(*state, state->cut);
  auto check = [&](Partition& partition) -> Status {
    for (const SegmentState& segment : partition.segments()) {
      LEAT_RETURN_IF_ERROR(check_segment(engine.segments, partition, segment));
    }
    std::string damage = partition.damage();
    if (!damage.empty()) builder.partition(partition.topic(), partition.id())->damage = damage;
    return Ok{};
  };
  LEAT_RETURN_IF_ERROR(for_each_partition(engine, *state, check));
  return std::move(builder).build();
}

Status remove_strays(Engine& engine, const LogState& state) {
  std::set<std::string> generations;
  LEAT_RETURN_IF_ERROR(for_each_partition(engine, state, [&](Partition& partition) {
    generations.insert(std::to_string(partition.id().generation.value()));
    return remove_strays_of(engine, partition);
  }));
  return remove_stray_generations(engine, generations);
}

}  // namespace leat::log
