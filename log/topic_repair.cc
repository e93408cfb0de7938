#include "log/topic_repair.h"

#include <utility>

#include "log/segment_scan.h"

namespace leat::log {
namespace {

constexpr size_t kPartBytes = 4 << 20;  // of a unit in parts
constexpr std::chrono::minutes kCommitTimeout{10};

// Calls F with each record before PART's end, and with the bytes that its batch took.
template <class F>
Status for_each_record(Fs& fs, const TruncationPlan::Part& part, F f) {
  std::vector<RecordView> records;
  for (const auto& segment : part.segments) {
    LEAT_ASSIGN_OR_RETURN(auto file, fs.open(segment.path, OpenMode::read_only));
    SegmentScan scan(*file, segment.bytes);
    Offset next = segment.base;
    while (next < part.end) {  // what stands at the end is not looked at
      auto batch = scan.next();
      if (batch.ok() && *batch == nullptr) break;
      if (!batch.ok()) {
        return batch.error().in(segment.path + ", byte " + std::to_string(scan.position()));
      }
      next = (*batch)->end;
      records.clear();
      LEAT_RETURN_IF_ERROR(append_records(**batch, (*batch)->base, &records));
      uint64_t bytes = (*batch)->bytes.size();
      for (const RecordView& record : records) {
        if (record.offset < part.end) LEAT_RETURN_IF_ERROR(f(record, std::exchange(bytes, 0)));
      }
    }
  }
  return Ok{};
}

// Writes records to the new generation as one unit in parts.
class Copier {
 public:
  Copier(UnitWriter& writer, const TruncationPlan& plan, GenerationId to,
         const CopyProgress& progress)
      : writer_(writer), plan_(plan), to_(to), progress_(progress) {
    part_.edits.push_back(
        BeginGeneration{plan.topic, to, plan.schema, static_cast<int32_t>(plan.parts.size())});
  }

  Status copy(Fs& fs, size_t index) {
    PartitionAppend append{{to_, PartitionIndex(static_cast<int32_t>(index))}, {}};
    auto take = [&](const RecordView& record, uint64_t bytes) -> Status {
      append.records.add(record.timestamp_ms, record.key, record.value, record.change_header);
      done_ += bytes;
      if (append.records.bytes() < kPartBytes) return Ok{};
      LEAT_RETURN_IF_ERROR(hand_on(&append));
      if (progress_) progress_(done_, plan_.bytes_total);
      return Ok{};
    };
    LEAT_RETURN_IF_ERROR(for_each_record(fs, plan_.parts[index], take));
    return hand_on(&append);
  }

  CommitUnit last(const std::string& reason) {
    CommitUnit unit = std::move(part_);
    unit.edits.push_back(SwitchGeneration{plan_.topic, to_});
    if (!reason.empty()) unit.edits.push_back(StopTopic{plan_.topic, reason});
    return unit;
  }

 private:
  Status hand_on(PartitionAppend* append) {
    PartitionId id = append->partition;
    part_.appends.push_back(std::move(*append));
    *append = PartitionAppend{id, {}};
    Status added = writer_.add(std::move(part_));
    part_ = CommitUnit();
    return added;
  }

  UnitWriter& writer_;
  const TruncationPlan& plan_;
  const GenerationId to_;
  const CopyProgress& progress_;
  CommitUnit part_;
  uint64_t done_ = 0;
};

// Reads all that would be kept: what does not verify must be known before anybody agrees. The image
// may see bytes that only the journal has, so the log must be opened before they are copied.
Status check_part(LogImage& image, const TruncationPlan::Part& part) {
  return for_each_record(image.fs(), part,
                         [](const RecordView&, uint64_t) -> Status { return Ok{}; });
}

Result<TruncationPlan> describe(LogImage& image, const std::string& topic) {
  const TopicState* state = image.state().find(topic);
  if (state == nullptr || !state->current) {
    return Error::permanent("there is no topic " + topic + " with contents");
  }
  TruncationPlan plan{topic, state->current->id, state->current->schema, {}, 0, 0};
  for (const LogImage::Part& each : image.parts()) {
    if (each.generation->id != plan.generation) continue;
    TruncationPlan::Part part;
    part.end = each.state->end;
    for (const SegmentState& segment : each.partition->segments()) {
      part.segments.push_back(
          {image.segment_path(*each.partition, segment), segment.bytes, segment.base});
      plan.bytes_total += segment.bytes;
    }
    plan.parts.push_back(std::move(part));
  }
  return plan;
}

}  // namespace

Result<TruncationPlan> plan_truncation(LogImage& image, const std::string& topic,
                                       PartitionIndex partition, Offset offset) {
  LEAT_ASSIGN_OR_RETURN(TruncationPlan plan, describe(image, topic));
  auto index = static_cast<size_t>(partition.value());
  if (partition.value() < 0 || index >= plan.parts.size()) {
    return Error::permanent(topic + " has the partitions 0 to " +
                            std::to_string(plan.parts.size() - 1));
  }
  TruncationPlan::Part& cut = plan.parts[index];
  if (offset.value() < 0 || offset > cut.end) {
    return Error::permanent("partition " + std::to_string(index) + " of " + topic +
                            " ends at offset " + std::to_string(cut.end.value()));
  }
  plan.offsets_lost = static_cast<uint64_t>(cut.end.since(offset));
  cut.end = offset;
  for (size_t i = 0; i < plan.parts.size(); ++i) {
    Status sound = check_part(image, plan.parts[i]);
    if (sound.ok()) continue;
    return Error::permanent("partition " + std::to_string(i) + " of " + topic +
                            " is damaged in what would be kept (" + sound.error().message() +
                            "); see leat log verify for how far it is sound");
  }
  return plan;
}

Status truncate_topic(LocalLog& log, Fs& fs, const TruncationPlan& plan, const std::string& reason,
                      const CopyProgress& progress) {
  GenerationId generation = log.allocate_generation();
  LEAT_ASSIGN_OR_RETURN(auto writer, log.open_unit());
  Copier copier(*writer, plan, generation, progress);
  for (size_t i = 0; i < plan.parts.size(); ++i) LEAT_RETURN_IF_ERROR(copier.copy(fs, i));
  LEAT_ASSIGN_OR_RETURN(Ticket ticket, writer->commit(copier.last(reason)));
  LEAT_ASSIGN_OR_RETURN(bool durable, log.wait_durable(ticket, kCommitTimeout));
  if (durable) return Ok{};
  return Error::transient("the copy was not committed within ten minutes; is the disk full?");
}

}  // namespace leat::log
