#include "log/log_verify.h"

#include "log/index_check.h"
#include "log/log_image.h"
#include "log/segment_scan.h"

namespace leat::log {
namespace {

class Verifier {
 public:
  Verifier(LogImage& image, const VerifyProgress& progress) : image_(image), progress_(progress) {}

  Result<VerifyReport> run() {
    report_.cut = image_.state().cut;
    report_.topics = image_.state().topics.size();
    report_.strays = image_.strays();
    auto parts = image_.parts();
    for (const auto& part : parts) {
      for (const SegmentState& segment : part.partition->segments()) bytes_total_ += segment.bytes;
    }
    for (const auto& part : parts) LEAT_RETURN_IF_ERROR(check(part));
    return std::move(report_);
  }

 private:
  Status check(const LogImage::Part& part) {
    sound_until_ = part.state->start;
    is_sound_ = true;
    for (const SegmentState& segment : part.partition->segments()) {
      LEAT_RETURN_IF_ERROR(check_segment(part, segment));
    }
    // What recovery found (a file missing or short, a large cut that does not match the journal)
    // and reading did not meet.
    std::string known = part.partition->damage();
    if (is_sound_ && !known.empty()) note(part, file_named_in(known, part), 0, known);
    return Ok{};
  }

  // Recovery names the segment.
  std::string file_named_in(const std::string& damage, const LogImage::Part& part) {
    for (const SegmentState& segment : part.partition->segments()) {
      bool is_it = damage.find(segment_file_name(segment.name())) != std::string::npos;
      if (is_it) return image_.segment_path(*part.partition, segment);
    }
    PartitionId id = part.partition->id();
    return image_.engine().paths.partition_dir(id, part.partition->topic());
  }

  Status check_segment(const LogImage::Part& part, const SegmentState& segment) {
    ++report_.segments;
    std::string path = image_.segment_path(*part.partition, segment);
    auto file = image_.open_segment(*part.partition, segment);
    if (!file.ok() && file.error().is_transient()) return file.error();
    if (!file.ok()) {
      note(part, path, 0, file.error().message());
      return Ok{};
    }
    SegmentScan scan(**file, segment.bytes);
    IndexCheck index(image_, *part.partition, segment);
    size_t damage_before = report_.damage.size();
    Offset next = segment.base;
    while (true) {
      auto batch = scan.next();
      if (batch.ok() && *batch == nullptr) break;
      if (batch.ok()) {
        index.add(**batch);
        LEAT_RETURN_IF_ERROR(check_batch(part, path, scan, **batch, &next));
      } else {
        note(part, path, scan.position(), batch.error().message());
        auto skipped = scan.skip();
        if (!skipped.ok() || !*skipped) break;
        next = Offset(-1);  // not known: the batch that was skipped may have been of any size
      }
      advance(scan.next_position() - scan.position());
    }
    if (scan.next_position() == segment.bytes && next != Offset(-1) && next > segment.end) {
      note(part, path, scan.position(), "its records reach beyond the committed end");
    }
    if (is_sound_) sound_until_ = segment.end;
    // What the index should be is known of a sound segment only.
    if (report_.damage.size() == damage_before) check_index(part, segment, std::move(index));
    return Ok{};
  }

  void check_index(const LogImage::Part& part, const SegmentState& segment, IndexCheck index) {
    IndexCheck::Outcome outcome = std::move(index).finish();
    std::string path = image_.index_path(*part.partition, segment);
    switch (outcome.kind) {
      case IndexCheck::Outcome::Kind::missing:
        return;
      case IndexCheck::Outcome::Kind::right:
        ++report_.indexes;
        return;
      case IndexCheck::Outcome::Kind::unfinished:
        report_.unfinished_indexes.push_back(path + ": " + outcome.what);
        return;
      case IndexCheck::Outcome::Kind::wrong:
        report_.damage.push_back({path, 0, outcome.what, std::nullopt});
        return;
    }
  }

  Status check_batch(const LogImage::Part& part, const std::string& path, const SegmentScan& scan,
                     const BatchView& batch, Offset* next) {
    ++report_.batches;
    if (*next != Offset(-1) && batch.base != *next) {
      note(part, path, scan.position(),
           "a record batch begins with offset " + std::to_string(batch.base.value()) +
               " instead of " + std::to_string(next->value()));
    }
    if (batch.cut > report_.cut) {
      note(part, path, scan.position(),
           "a record batch is of cut " + std::to_string(batch.cut.value()) +
               ", which the journal does not have");
    }
    records_.clear();
    Status parsed = append_records(batch, batch.base, &records_);
    if (!parsed.ok()) note(part, path, scan.position(), parsed.error().message());
    report_.records += records_.size();
    *next = batch.end;
    if (is_sound_) sound_until_ = batch.end;
    return Ok{};
  }

  void note(const LogImage::Part& part, const std::string& path, uint64_t byte, std::string what) {
    const TopicState* topic = image_.state().find(part.partition->topic());
    GenerationId generation = part.generation->id;
    bool is_current = topic != nullptr && topic->current && topic->current->id == generation;
    report_.damage.push_back({path, byte, std::move(what),
                              Damage::Place{part.partition->topic(), generation,
                                            part.partition->id().index, sound_until_, is_current}});
    is_sound_ = false;
  }

  void advance(uint64_t bytes) {
    report_.bytes += bytes;
    if (progress_) progress_(report_.bytes, bytes_total_);
  }

  LogImage& image_;
  const VerifyProgress& progress_;
  VerifyReport report_;
  uint64_t bytes_total_ = 0;
  Offset sound_until_;    // of the partition at hand
  bool is_sound_ = true;  // so far
  std::vector<RecordView> records_;
};

}  // namespace

Result<VerifyReport> verify_log(Fs& fs, const std::string& dir, const VerifyProgress& progress) {
  DataPaths paths(dir);
  LEAT_ASSIGN_OR_RETURN(bool there, fs.exists(paths.journal_dir()));
  if (!there) return Error::permanent("there is no log in " + dir);
  LEAT_ASSIGN_OR_RETURN(bool has_lock, fs.exists(paths.lock()));
  if (has_lock) {
    LEAT_ASSIGN_OR_RETURN(auto lock, fs.lock(paths.lock()));
    (void)lock;  // nobody has it open
  }
  auto image = LogImage::open(fs, dir);
  if (!image.ok() && image.error().is_transient()) return image.error();
  if (!image.ok()) {
    VerifyReport report;
    report.damage.push_back({dir, 0, image.error().message(), std::nullopt});
    return report;
  }
  return Verifier(**image, progress).run();
}

}  // namespace leat::log
