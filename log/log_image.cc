#include "log/log_image.h"

#include "log/recovery.h"
#include "log/segment_indexer.h"

namespace leat::log {
namespace {

constexpr uint64_t kJournalBytes = 64 << 10;  // of the journal that recovery makes, in memory

void add_parts(const Engine& engine, const GenerationState& generation,
               std::vector<LogImage::Part>* parts) {
  for (size_t i = 0; i < generation.partitions.size(); ++i) {
    PartitionId id{generation.id, PartitionIndex(static_cast<int32_t>(i))};
    parts->push_back({engine.partitions.find(id), &generation, &generation.partitions[i]});
  }
}

}  // namespace

Result<std::unique_ptr<LogImage>> LogImage::open(Fs& fs, const std::string& dir) {
  DataPaths paths(dir);
  LEAT_ASSIGN_OR_RETURN(bool there, fs.exists(paths.journal_dir()));
  if (!there) return Error::permanent("there is no log in " + dir);
  std::unique_ptr<LogImage> image(new LogImage(fs));
  LocalLogOptions options{.fs = *image->fs_, .clock = Clock::system(), .dir = dir};
  options.journal_bytes = kJournalBytes;
  image->engine_ = std::make_unique<Engine>(std::move(options));
  LEAT_ASSIGN_OR_RETURN(image->engine_->lock, image->fs_->lock(paths.lock()));
  LEAT_ASSIGN_OR_RETURN(auto recovered, recover(*image->engine_));
  image->journal_ = std::move(recovered.journal);
  image->state_ = std::move(recovered.state);
  return image;
}

std::vector<LogImage::Part> LogImage::parts() const {
  std::vector<Part> parts;
  for (const auto& topic : state_->topics) {
    if (topic->current) add_parts(*engine_, *topic->current, &parts);
    if (topic->filling) add_parts(*engine_, *topic->filling, &parts);
  }
  for (const auto& retired : state_->retired) add_parts(*engine_, retired->generation, &parts);
  return parts;
}

Result<std::shared_ptr<File>> LogImage::open_segment(const Partition& partition,
                                                     const SegmentState& segment) {
  return engine_->segments.open(partition, segment.name());
}

Result<bool> LogImage::has_index(const Partition& partition, const SegmentState& segment) {
  return fs_->exists(index_path(partition, segment));
}

Result<SegmentIndex> LogImage::read_index(const Partition& partition, const SegmentState& segment) {
  return log::read_index(partition, engine_->segments, segment);
}

std::string LogImage::index_path(const Partition& partition, const SegmentState& segment) const {
  return engine_->paths.partition_dir(partition.id(), partition.topic()) + "/" +
         segment_file_name(segment.name(), kCutIndexSuffix);
}

std::string LogImage::segment_path(const Partition& partition, const SegmentState& segment) const {
  return engine_->paths.partition_dir(partition.id(), partition.topic()) + "/" +
         segment_file_name(segment.name());
}

std::vector<std::string> LogImage::strays() const {
  std::vector<std::string> strays;
  for (const std::string& path : fs_->removed()) {
    if (path.starts_with(engine_->paths.segments_dir())) strays.push_back(path);
  }
  return strays;
}

}  // namespace leat::log
