#include "log/live_backup.h"

#include <algorithm>
#include <map>
#include <optional>
#include <variant>

#include "log/cut_record.h"
#include "log/log_copy.h"

namespace leat::log {
namespace {

constexpr uint64_t kFileBytesMax = uint64_t{4} << 30;

// What a crash now would leave, but for the segments' bytes.
struct Moment {
  std::string checkpoint;
  struct Journal {
    uint64_t number;
    std::string bytes;  // up to its last whole record
  };
  std::vector<Journal> journals;
  CutId cut;
  std::map<std::string, uint64_t> segments;  // path below the directory → bytes
  std::map<GenerationId, std::string> topics;
};

// None: the generation is not there any more.
std::optional<std::string> path_of(const Engine& engine, PartitionId id, const SegmentName& name,
                                   const Moment& moment) {
  auto topic = moment.topics.find(id.generation);
  if (topic == moment.topics.end()) return std::nullopt;
  std::string dir = engine.paths.partition_dir(id, topic->second);
  return dir.substr(engine.paths.dir().size()) + "/" + segment_file_name(name);
}

void add_segment(const Engine& engine, PartitionId id, const SegmentName& name, uint64_t size,
                 Moment* moment) {
  auto path = path_of(engine, id, name, *moment);
  if (!path) return;
  uint64_t& bytes = moment->segments[*path];
  bytes = std::max(bytes, size);
}

// What the checkpoint and the records name is what the copy needs, whatever the log has come to be
// meanwhile: a generation may be gone from it, and what a record that is just being written says
// may not be in it yet. The bytes are in the files before their record is.
Status add_segments(const Engine& engine, std::string_view payload, Moment* moment) {
  ByteReader in(payload);
  LEAT_ASSIGN_OR_RETURN(auto record, read_cut_record(in));
  for (const TopicEdit& edit : record.edits) {
    if (const auto* begun = std::get_if<BeginGeneration>(&edit)) {
      moment->topics[begun->generation] = begun->topic;
    }
  }
  for (const Piece& piece : record.pieces) {
    if (piece.is_inline) continue;  // its bytes are in the journal
    add_segment(engine, piece.partition, piece.segment_base, piece.position + piece.size, moment);
  }
  for (const SegmentReplacement& replacement : record.replacements) {
    // Recovery does not look at them once it has read this record.
    for (const SegmentState& segment : replacement.removed) {
      auto path = path_of(engine, replacement.partition, segment.name(), *moment);
      if (path) moment->segments.erase(*path);
    }
    for (const SegmentState& segment : replacement.added) {
      add_segment(engine, replacement.partition, segment.name(), segment.bytes, moment);
    }
  }
  return Ok{};
}

// A record that is being written may be whole or not: either is a prefix of what is committed.
void take_run(std::string_view bytes, const JournalScan& scan, Moment* moment) {
  uint64_t end = kJournalBlockBytes;
  if (!scan.payloads.empty()) {
    const std::string_view& last = scan.payloads.back();
    auto record_end = static_cast<uint64_t>(last.data() + last.size() - bytes.data());
    end = (record_end + kJournalBlockBytes - 1) / kJournalBlockBytes * kJournalBlockBytes;
  }
  moment->cut = moment->cut.plus(scan.payloads.size());
  moment->journals.push_back({scan.id.number, std::string(bytes.substr(0, end))});
}

Status read_journals(const Engine& engine, JournalId id, Moment* moment) {
  while (true) {
    std::string path = engine.paths.journal(id.number);
    LEAT_ASSIGN_OR_RETURN(bool there, engine.options.fs.exists(path));
    if (!there) return Ok{};
    LEAT_ASSIGN_OR_RETURN(auto bytes, read_file(engine.options.fs, path, kFileBytesMax));
    JournalScan scan = scan_journal(bytes, id);
    // Between reading one file and the next the committer may have gone on: what it wrote to the
    // first one meanwhile is missing here, so nothing behind it counts.
    if (!scan.header_ok || scan.cut_first != moment->cut.next()) return Ok{};
    for (std::string_view payload : scan.payloads) {
      LEAT_RETURN_IF_ERROR(add_segments(engine, payload, moment));
    }
    take_run(bytes, scan, moment);
    id = scan.next;
  }
}

Result<Moment> look(const Engine& engine) {
  Moment moment;
  LEAT_ASSIGN_OR_RETURN(moment.checkpoint,
                        read_file(engine.options.fs, engine.paths.checkpoint(), kFileBytesMax));
  LEAT_ASSIGN_OR_RETURN(auto checkpoint, decode_checkpoint(moment.checkpoint));
  moment.cut = checkpoint.state->cut;
  for (const PartitionSegments& each : checkpoint.partitions) {
    moment.topics[each.partition.generation] = each.topic;
    for (const SegmentState& segment : each.segments) {
      add_segment(engine, each.partition, segment.name(), segment.bytes, &moment);
    }
  }
  LEAT_RETURN_IF_ERROR(read_journals(engine, checkpoint.journal, &moment));
  return moment;
}

Status check_room(Fs& fs, const std::string& dir, const Moment& moment) {
  uint64_t wanted = moment.checkpoint.size();
  for (const auto& journal : moment.journals) wanted += journal.bytes.size();
  for (const auto& [path, bytes] : moment.segments) wanted += bytes;
  LEAT_ASSIGN_OR_RETURN(uint64_t free, fs.free_bytes(dir));
  if (free > wanted) return Ok{};
  return Error::permanent(dir + " has " + std::to_string(free >> 20) + " MB free; the copy needs " +
                          std::to_string(wanted >> 20) + " MB");
}

}  // namespace

Result<CopySummary> back_up(Engine& engine, Checkpointer& checkpointer, const std::string& to,
                            const CopyProgress& progress) {
  LogCopy copy(engine.options.fs, progress);
  LEAT_RETURN_IF_ERROR(copy.make_empty(to));
  auto pin = checkpointer.pin_files();
  Moment moment;
  {
    auto hold = checkpointer.hold();
    LEAT_ASSIGN_OR_RETURN(moment, look(engine));
  }
  LEAT_RETURN_IF_ERROR(check_room(engine.options.fs, to, moment));
  DataPaths paths(to);
  std::vector<LogCopy::File> files;
  for (const auto& [path, bytes] : moment.segments) {
    files.push_back({engine.paths.dir() + path, to + path, bytes});
  }
  LEAT_RETURN_IF_ERROR(engine.options.fs.create_dirs(paths.segments_dir()));
  LEAT_RETURN_IF_ERROR(copy.copy(files));
  for (const auto& journal : moment.journals) {
    LEAT_RETURN_IF_ERROR(copy.write(paths.journal(journal.number), journal.bytes));
  }
  // Last: without it the directory is no log.
  LEAT_RETURN_IF_ERROR(copy.write(paths.checkpoint(), moment.checkpoint));
  copy.summary().cut = moment.cut;
  return std::move(copy.summary());
}

}  // namespace leat::log
