#include "log/dump_text.h"

#include <spdlog/fmt/fmt.h>

#include "log/model/change.h"

namespace leat::log {
namespace {

constexpr size_t kShownBytesMax = 64;

// Printable ASCII as it is, other bytes as \xNN.
std::string escaped(std::string_view bytes) {
  std::string out;
  for (char c : bytes.substr(0, kShownBytesMax)) {
    bool plain = c >= 0x20 && c < 0x7f && c != '\\' && c != '"';
    out += plain ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<uint8_t>(c));
  }
  return bytes.size() > kShownBytesMax ? out + "…" : out;
}

std::string change_text(std::string_view header) {
  auto change = decode_change_header(header);
  if (!change.ok()) return fmt::format("header \"{}\"", escaped(header));
  std::string text = fmt::format("transaction {} at {} index {}", change->transaction_id,
                                 escaped(change->commit_position), change->index);
  if (change->before) text += fmt::format(" before {} bytes", change->before->row.size());
  return text;
}

const char* kind_text(TopicKind kind) {
  return kind == TopicKind::table ? "table" : "stream";
}

struct EditText {
  std::string operator()(const CreateTopic& edit) const {
    return fmt::format("create {} topic {}", kind_text(edit.kind), edit.topic);
  }
  std::string operator()(const BeginGeneration& edit) const {
    return fmt::format("begin generation {} of {}: schema {}, {} partitions",
                       edit.generation.value(), edit.topic, edit.schema.value(),
                       edit.partition_count);
  }
  std::string operator()(const SwitchGeneration& edit) const {
    return fmt::format("switch {} to generation {}", edit.topic, edit.generation.value());
  }
  std::string operator()(const StopTopic& edit) const {
    return fmt::format("stop {}: {}", edit.topic, edit.reason);
  }
  std::string operator()(const DropTopic& edit) const { return "drop " + edit.topic; }
  std::string operator()(const AlterTopic& edit) const {
    return "alter the settings of " + edit.topic;
  }
};

std::string generation_lines(std::string_view role, const GenerationState& generation) {
  std::string out =
      fmt::format("    {} generation {}: schema {}, since cut {}\n", role, generation.id.value(),
                  generation.schema.value(), generation.since.value());
  for (size_t i = 0; i < generation.partitions.size(); ++i) {
    const PartitionState& state = generation.partitions[i];
    out += fmt::format("      partition {}: offsets {} to {}, cleaned below {}, {} bytes{}\n", i,
                       state.start.value(), state.end.value(), state.cleaned_horizon.value(),
                       state.bytes, state.damage.empty() ? "" : ", DAMAGED: " + state.damage);
  }
  return out;
}

std::string topic_lines(const TopicState& topic) {
  std::string out = fmt::format("  {} topic {}", kind_text(topic.kind), topic.name);
  if (topic.stopped_reason) {
    out += fmt::format(", stopped at cut {}: {}", topic.stopped_at.value(), *topic.stopped_reason);
  }
  out += "\n";
  if (topic.current) out += generation_lines("current", *topic.current);
  if (topic.filling) out += generation_lines("filling", *topic.filling);
  return out;
}

}  // namespace

std::string batch_line(uint64_t position, const BatchView& batch) {
  return fmt::format("  byte {}: offsets {} to {}, {} records, cut {}, {} bytes, codec {}\n",
                     position, batch.base.value(), batch.end.value(), batch.count,
                     batch.cut.value(), batch.bytes.size(), codec_name(batch.codec));
}

std::string record_line(const RecordView& record) {
  std::string value = record.value ? fmt::format("value {} bytes \"{}\"", record.value->size(),
                                                 escaped(*record.value))
                                   : "tombstone";
  return fmt::format("    {}: time {} ms, key \"{}\", {}, {}\n", record.offset.value(),
                     record.timestamp_ms, escaped(record.key), value,
                     change_text(record.change_header));
}

std::string partition_line(const Partition& partition, const PartitionState& state) {
  return fmt::format("{} of generation {}: offsets {} to {}, cleaned below {}{}\n",
                     partition.name(), partition.id().generation.value(), state.start.value(),
                     state.end.value(), state.cleaned_horizon.value(),
                     state.damage.empty() ? "" : ", DAMAGED: " + state.damage);
}

std::string cut_lines(uint64_t byte, const CutRecord& record) {
  std::string out = fmt::format("  byte {}: cut {}, generation ids below {} reserved\n", byte,
                                record.cut.value(), record.generations_reserved.value());
  for (const TopicEdit& edit : record.edits) {
    out += "    edit: " + std::visit(EditText{}, edit) + "\n";
  }
  for (const StoredSchema& schema : record.schemas) {
    out += fmt::format("    schema {}: {} bytes\n", schema.id.value(), schema.bytes.size());
  }
  for (const SourcePosition& position : record.positions) {
    out += fmt::format("    source {} at {}\n", position.source, escaped(position.position));
  }
  for (const ReaderFloor& floor : record.new_readers) {
    out += fmt::format("    reader {} from cut {}\n", floor.reader, floor.cut.value());
  }
  for (const Piece& piece : record.pieces) {
    out += fmt::format(
        "    piece: generation {} partition {} segment {} at byte {}, {} bytes, crc "
        "{:08x}, ends at offset {}, {}\n",
        piece.partition.generation.value(), piece.partition.index.value(),
        piece.segment_base.value(), piece.position, piece.size, piece.crc, piece.end.value(),
        piece.is_inline ? "inline" : "in the segment");
  }
  return out;
}

std::string checkpoint_lines(const Checkpoint& checkpoint) {
  const LogState& state = *checkpoint.state;
  std::string out = fmt::format(
      "  cut {}, next journal {} (salt {:016x}), generation ids below {} "
      "reserved\n",
      state.cut.value(), checkpoint.journal.number, checkpoint.journal.salt,
      checkpoint.generations_reserved.value());
  for (const auto& topic : state.topics) out += topic_lines(*topic);
  for (const auto& retired : state.retired) {
    out += fmt::format("  retired until cut {}: {}\n", retired->until.value(), retired->topic);
    out += generation_lines("old", retired->generation);
  }
  for (const auto& [source, position] : state.source_positions) {
    out += fmt::format("  source {} at {}\n", source, escaped(position));
  }
  for (const PartitionSegments& partition : checkpoint.partitions) {
    for (const SegmentState& segment : partition.segments) {
      out += fmt::format(
          "  segment {}-{} of generation {}: offsets {} to {}, {} bytes, last time {} "
          "ms\n",
          partition.topic, partition.partition.index.value(),
          partition.partition.generation.value(), segment.base.value(), segment.end.value(),
          segment.bytes, segment.timestamp_ms_max);
    }
  }
  for (const StoredSchema& schema : checkpoint.schemas) {
    out += fmt::format("  schema {}: {} bytes\n", schema.id.value(), schema.bytes.size());
  }
  for (const auto& [reader, cut] : checkpoint.reader_floors) {
    out += fmt::format("  reader {} has passed cut {}\n", reader, cut.value());
  }
  return out;
}

}  // namespace leat::log
