#include "log/log_dump.h"

#include <spdlog/fmt/fmt.h>

#include "log/base/bytes.h"
#include "log/base/hash.h"
#include "log/checkpoint.h"
#include "log/cut_record.h"
#include "log/dump_text.h"
#include "log/journal.h"
#include "log/segment_scan.h"

namespace leat::log {
namespace {

constexpr uint64_t kFileBytesMax = uint64_t{4} << 30;  // of a checkpoint or journal

Status dump_segment(const File& file, const std::string& path, uint64_t bytes,
                    const DumpSink& sink) {
  LEAT_RETURN_IF_ERROR(sink(fmt::format("segment {}: {} bytes\n", path, bytes)));
  SegmentScan scan(file, bytes);
  std::vector<RecordView> records;
  while (true) {
    auto batch = scan.next();
    if (batch.ok() && *batch == nullptr) return Ok{};
    if (!batch.ok()) {
      LEAT_RETURN_IF_ERROR(
          sink(fmt::format("  byte {}: DAMAGED: {}\n", scan.position(), batch.error().message())));
      LEAT_ASSIGN_OR_RETURN(bool skipped, scan.skip());
      if (!skipped) return sink("  what follows cannot be told apart\n");
      continue;
    }
    std::string lines = batch_line(scan.position(), **batch);
    records.clear();
    Status parsed = append_records(**batch, (*batch)->base, &records);
    if (!parsed.ok()) lines += "    DAMAGED: " + parsed.error().message() + "\n";
    for (const RecordView& record : records) lines += record_line(record);
    LEAT_RETURN_IF_ERROR(sink(lines));
  }
}

// A header that does not verify has no salt to go by.
Status dump_journal(const std::string& path, std::string_view bytes, const DumpSink& sink) {
  ByteReader in(bytes);
  (void)in.bytes(8);
  JournalId id;
  id.number = in.le<uint64_t>();
  id.salt = in.le<uint64_t>();
  JournalScan scan = scan_journal(bytes, id);
  if (scan.is_other_version) {
    return sink("journal " + path +
                ": it is of an unknown format version; the Leat that wrote it " + "can read it\n");
  }
  if (!scan.header_ok) {
    return sink("journal " + path + ": DAMAGED: its header does not verify\n");
  }
  LEAT_RETURN_IF_ERROR(
      sink(fmt::format("journal {}: number {}, salt {:016x}, next salt {:016x}, "
                       "{} cuts from cut {} on, {} bytes\n",
                       path, id.number, id.salt, scan.next.salt, scan.payloads.size(),
                       scan.cut_first.value(), bytes.size())));
  for (std::string_view payload : scan.payloads) {
    ByteReader from(payload);
    auto record = read_cut_record(from);
    if (!record.ok()) {
      LEAT_RETURN_IF_ERROR(sink("  DAMAGED: " + record.error().message() + "\n"));
      continue;
    }
    uint64_t byte = static_cast<uint64_t>(payload.data() - bytes.data());
    LEAT_RETURN_IF_ERROR(sink(cut_lines(byte - kJournalRecordHeaderBytes, *record)));
  }
  if (!scan.good_record_behind) return Ok{};
  return sink("  DAMAGED: a record does not verify here, but one behind it does\n");
}

Status dump_checkpoint(const std::string& path, std::string_view bytes, const DumpSink& sink) {
  auto checkpoint = decode_checkpoint(bytes);
  if (!checkpoint.ok()) {
    return sink("checkpoint " + path + ": DAMAGED: it " + checkpoint.error().message() + "\n");
  }
  return sink("checkpoint " + path + ": " + std::to_string(bytes.size()) + " bytes\n" +
              checkpoint_lines(*checkpoint));
}

Status dump_small(Fs& fs, const std::string& path, const DumpSink& sink,
                  Status (*dump)(const std::string&, std::string_view, const DumpSink&)) {
  LEAT_ASSIGN_OR_RETURN(std::string bytes, read_file(fs, path, kFileBytesMax));
  return dump(path, bytes, sink);
}

}  // namespace

Status dump_file(Fs& fs, const std::string& path, const DumpSink& sink) {
  LEAT_ASSIGN_OR_RETURN(auto file, fs.open(path, OpenMode::read_only));
  LEAT_ASSIGN_OR_RETURN(uint64_t size, file->size());
  std::string magic(7, '\0');
  LEAT_ASSIGN_OR_RETURN(size_t got, file->read_at(0, magic.data(), magic.size()));
  magic.resize(got);
  if (magic == "LEATCKP") return dump_small(fs, path, sink, dump_checkpoint);
  if (magic == "LEATJRN") return dump_small(fs, path, sink, dump_journal);
  if (path.ends_with(kSegmentSuffix)) return dump_segment(*file, path, size, sink);
  return Error::permanent(path +
                          " is no file of a log: neither a checkpoint nor a journal by its "
                          "first bytes, nor a segment by its name (.log)");
}

Status dump_topic(LogImage& image, const std::string& topic, const DumpSink& sink) {
  bool found = false;
  for (const auto& part : image.parts()) {
    if (part.partition->topic() != topic) continue;
    found = true;
    LEAT_RETURN_IF_ERROR(sink(partition_line(*part.partition, *part.state)));
    for (const SegmentState& segment : part.partition->segments()) {
      std::string path = image.segment_path(*part.partition, segment);
      auto file = image.open_segment(*part.partition, segment);
      if (!file.ok()) {
        LEAT_RETURN_IF_ERROR(sink("segment " + path + ": " + file.error().message() + "\n"));
        continue;
      }
      LEAT_RETURN_IF_ERROR(dump_segment(**file, path, segment.bytes, sink));
    }
  }
  if (found) return Ok{};
  return Error::permanent("there is no topic " + topic + " in the log; see: leat topic list");
}

}  // namespace leat::log
