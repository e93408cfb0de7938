#include "log/segment_store.h"

#include <utility>

namespace leat::log {
namespace {

std::string beside(const std::string& segment_path, std::string_view suffix) {
  size_t stem = segment_path.size() - kSegmentSuffix.size();
  return segment_path.substr(0, stem) + std::string(suffix);
}

// Only a directory can be listed.
Result<bool> is_directory(Fs& fs, const std::string& path) {
  auto names = fs.list_dir(path);
  if (!names.ok() && names.error().is_transient()) return names.error();
  return names.ok();
}

}  // namespace

Status SegmentStore::write(const Partition& partition, const SegmentName& segment,
                           uint64_t position, std::string_view bytes) {
  const std::string name = path(partition, segment);
  LEAT_RETURN_IF_ERROR(make_room_for_unsynced(name));
  LEAT_ASSIGN_OR_RETURN(auto file, open_or_create(partition, segment));
  Status written = file->write_at(position, bytes);
  note_unsynced(name, std::move(file));
  return written;
}

// Behind the write, so that no sync that begins before its end takes the file off the list.
void SegmentStore::note_unsynced(const std::string& path, std::shared_ptr<File> file) {
  std::lock_guard lock(mutex_);
  unsynced_[path] = {std::move(file), ++writes_};
}

Status SegmentStore::make_room_for_unsynced(const std::string& path) {
  std::string first;
  UnsyncedFile unsynced;
  {
    std::lock_guard lock(mutex_);
    if (unsynced_.size() < open_files_max_ || unsynced_.count(path) != 0) return Ok{};
    first = unsynced_.begin()->first;
    unsynced = unsynced_.begin()->second;
  }
  Status synced = sync_unsynced(first, unsynced);
  // Never to be tried again, whatever it was.
  return synced.ok() ? synced : Status(Error::permanent(synced.error().message()));
}

// A write that ended meanwhile keeps the file on the list.
Status SegmentStore::sync_unsynced(const std::string& path, const UnsyncedFile& unsynced) {
  LEAT_RETURN_IF_ERROR(unsynced.file->sync());
  std::lock_guard lock(mutex_);
  auto at = unsynced_.find(path);
  if (at != unsynced_.end() && at->second.write == unsynced.write) unsynced_.erase(at);
  return Ok{};
}

Result<std::shared_ptr<File>> SegmentStore::open(const Partition& partition,
                                                 const SegmentName& segment) {
  std::string name = path(partition, segment);
  if (auto file = cached(name)) return file;
  LEAT_ASSIGN_OR_RETURN(auto file, fs_.open(name, OpenMode::read_write));
  return remember(name, std::move(file));
}

Status SegmentStore::remove(const Partition& partition, const SegmentName& segment) {
  return remove_stray(path(partition, segment));
}

Status SegmentStore::truncate(const Partition& partition, const SegmentName& segment,
                              uint64_t size) {
  LEAT_ASSIGN_OR_RETURN(auto file, open(partition, segment));
  Status cut_off = file->truncate(size);
  note_unsynced(path(partition, segment), std::move(file));
  return cut_off;
}

Status SegmentStore::sync(const Partition& partition, const SegmentName& segment) {
  LEAT_ASSIGN_OR_RETURN(auto file, open(partition, segment));
  const std::string name = path(partition, segment);
  uint64_t write = 0;
  {
    std::lock_guard lock(mutex_);
    auto at = unsynced_.find(name);
    if (at != unsynced_.end()) write = at->second.write;
  }
  // Off the list behind the sync, not before it: a checkpoint that is written meanwhile would think
  // that the file is on the disk.
  LEAT_RETURN_IF_ERROR(sync_unsynced(name, {std::move(file), write}));
  return sync_names();
}

Status SegmentStore::sync_all() {
  std::map<std::string, UnsyncedFile> files;
  {
    std::lock_guard lock(mutex_);
    files.swap(unsynced_);
  }
  for (auto& [name, unsynced] : files) LEAT_RETURN_IF_ERROR(unsynced.file->sync());
  return sync_names();
}

bool SegmentStore::many_unsynced() const {
  std::lock_guard lock(mutex_);
  return unsynced_.size() > open_files_max_ / 4 * 3;
}

// A name made while the directories are being synced raises its directory's number, so that it
// stays listed for the next time.
Status SegmentStore::sync_names() {
  std::map<std::string, uint64_t> dirs;
  {
    std::lock_guard lock(mutex_);
    dirs = changed_dirs_;
  }
  for (auto& [dir, change] : dirs) LEAT_RETURN_IF_ERROR(fs_.sync_dir(dir));
  std::lock_guard lock(mutex_);
  for (auto& [dir, change] : dirs) {
    auto at = changed_dirs_.find(dir);
    if (at != changed_dirs_.end() && at->second == change) changed_dirs_.erase(at);
  }
  return Ok{};
}

// What Leat makes there are directories of files. A file among the directories is somebody else's
// (Kafka's tools leave such) and goes with them; a directory among the files stays, and so do those
// that it is in.
Status SegmentStore::remove_generation(GenerationId generation) {
  auto remove_if_empty = [this](const std::string& dir) -> Status {
    LEAT_ASSIGN_OR_RETURN(auto names, fs_.list_dir(dir));
    if (!names.empty()) return Ok{};
    std::lock_guard lock(mutex_);
    changed_dirs_.erase(dir);
    return fs_.remove_dir(dir);
  };
  std::string dir = paths_.generation_dir(generation);
  LEAT_ASSIGN_OR_RETURN(bool there, is_directory(fs_, dir));
  if (!there) return Ok{};
  LEAT_ASSIGN_OR_RETURN(auto names, fs_.list_dir(dir));
  for (const std::string& name : names) {
    std::string below = dir + "/" + name;
    LEAT_RETURN_IF_ERROR(remove_stray(below));
    LEAT_ASSIGN_OR_RETURN(bool is_partition, is_directory(fs_, below));
    if (!is_partition) continue;
    LEAT_ASSIGN_OR_RETURN(auto files, fs_.list_dir(below));
    for (const std::string& file : files) LEAT_RETURN_IF_ERROR(remove_stray(below + "/" + file));
    LEAT_RETURN_IF_ERROR(remove_if_empty(below));
  }
  return remove_if_empty(dir);
}

Status SegmentStore::remove_stray(const std::string& path) {
  LEAT_ASSIGN_OR_RETURN(bool is_foreign, is_directory(fs_, path));
  if (is_foreign) return Ok{};
  forget(path);
  if (path.ends_with(kSegmentSuffix)) {
    for (std::string_view suffix : kIndexSuffixes) {
      LEAT_RETURN_IF_ERROR(remove_if_there(beside(path, suffix)));
    }
  }
  return remove_if_there(path);
}

Status SegmentStore::remove_if_there(const std::string& path) {
  LEAT_ASSIGN_OR_RETURN(bool there, fs_.exists(path));
  return there ? fs_.remove_file(path) : Status();
}

Result<std::string> SegmentStore::read_beside(const Partition& partition,
                                              const SegmentName& segment, std::string_view suffix,
                                              uint64_t bytes_max) {
  return read_file(fs_, beside(path(partition, segment), suffix), bytes_max);
}

Status SegmentStore::write_beside(const Partition& partition, const SegmentName& segment,
                                  std::string_view suffix, std::string_view bytes) {
  std::string name = beside(path(partition, segment), suffix);
  LEAT_RETURN_IF_ERROR(remove_if_there(name));
  LEAT_ASSIGN_OR_RETURN(auto file, fs_.open(name, OpenMode::create_new));
  return file->write_at(0, bytes);
}

std::string SegmentStore::path(const Partition& partition, const SegmentName& segment) const {
  return paths_.partition_dir(partition.id(), partition.topic()) + "/" + segment_file_name(segment);
}

Result<std::shared_ptr<File>> SegmentStore::open_or_create(const Partition& partition,
                                                           const SegmentName& segment) {
  std::string name = path(partition, segment);
  if (auto file = cached(name)) return file;
  LEAT_ASSIGN_OR_RETURN(bool there, fs_.exists(name));
  auto opened = there ? fs_.open(name, OpenMode::read_write) : create(partition, segment);
  LEAT_ASSIGN_OR_RETURN(auto file, std::move(opened));
  return remember(name, std::move(file));
}

Result<std::unique_ptr<File>> SegmentStore::create(const Partition& partition,
                                                   const SegmentName& segment) {
  std::string dir = paths_.partition_dir(partition.id(), partition.topic());
  LEAT_ASSIGN_OR_RETURN(bool has_dir, fs_.exists(dir));
  if (!has_dir) LEAT_RETURN_IF_ERROR(fs_.create_dirs(dir));
  LEAT_ASSIGN_OR_RETURN(auto file, fs_.open(path(partition, segment), OpenMode::create_new));
  distrust_names(partition);  // a directory that is there may be a killed process's
  return file;
}

void SegmentStore::distrust_names(const Partition& partition) {
  note_new_name_in(paths_.segments_dir());
  note_new_name_in(paths_.generation_dir(partition.id().generation));
  note_new_name_in(paths_.partition_dir(partition.id(), partition.topic()));
}

void SegmentStore::note_new_name_in(const std::string& dir) {
  std::lock_guard lock(mutex_);
  changed_dirs_[dir] = ++changes_;
}

std::shared_ptr<File> SegmentStore::cached(const std::string& path) {
  std::lock_guard lock(mutex_);
  auto at = files_.find(path);
  if (at == files_.end()) return nullptr;
  recent_.splice(recent_.begin(), recent_, at->second.recent);
  return at->second.file;
}

std::shared_ptr<File> SegmentStore::remember(const std::string& path, std::unique_ptr<File> file) {
  std::lock_guard lock(mutex_);
  auto at = files_.find(path);
  if (at != files_.end()) return at->second.file;  // another thread was faster
  if (files_.size() >= open_files_max_) close_oldest();
  recent_.push_front(path);
  std::shared_ptr<File> shared = std::move(file);
  files_[path] = {shared, recent_.begin()};
  return shared;
}

// Who still uses the file keeps it open for as long.
void SegmentStore::close_oldest() {
  if (recent_.empty()) return;
  files_.erase(recent_.back());
  recent_.pop_back();
}

void SegmentStore::forget(const std::string& path) {
  std::lock_guard lock(mutex_);
  unsynced_.erase(path);
  auto at = files_.find(path);
  if (at == files_.end()) return;
  recent_.erase(at->second.recent);
  files_.erase(at);
}

}  // namespace leat::log
