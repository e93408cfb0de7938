// The segment files: written, read, and brought to disk. Keeps a bounded number of them open, and
// knows what has been written since it was last synced. Thread-safe; writes to one file come from
// one thread at a time.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "log/base/fs.h"
#include "log/base/ids.h"
#include "log/base/status.h"
#include "log/data_paths.h"
#include "log/partition.h"

namespace leat::log {

class SegmentStore {
 public:
  SegmentStore(Fs& fs, DataPaths paths, size_t open_files_max)
      : fs_(fs), paths_(std::move(paths)), open_files_max_(open_files_max) {}

  // Writes at POSITION of the segment, making the file and its directories where they are missing.
  // Where as many files as may be open are not synced yet, one of them is: a permanent error where
  // that fails.
  Status write(const Partition& partition, const SegmentName& segment, uint64_t position,
               std::string_view bytes);
  // An existing segment's file, for reading.
  Result<std::shared_ptr<File>> open(const Partition& partition, const SegmentName& segment);
  // A small file that belongs to a segment: named like it, with SUFFIX in the place of its own.
  // Written whole, never synced.
  Result<std::string> read_beside(const Partition& partition, const SegmentName& segment,
                                  std::string_view suffix, uint64_t bytes_max);
  Status write_beside(const Partition& partition, const SegmentName& segment,
                      std::string_view suffix, std::string_view bytes);
  // Removes a segment.
  Status remove(const Partition& partition, const SegmentName& segment);
  // Cuts a segment off at SIZE.
  Status truncate(const Partition& partition, const SegmentName& segment, uint64_t size);
  // A new file, which is the caller's to write and sync; sync_names() brings its name to disk.
  Result<std::unique_ptr<File>> create(const Partition& partition, const SegmentName& segment);
  std::string path(const Partition& partition, const SegmentName& segment) const;

  // The one segment, and every new name, to disk. A failed sync must end the log: see File::sync.
  Status sync(const Partition& partition, const SegmentName& segment);
  Status sync_names();
  // Everything that was written before the call.
  Status sync_all();
  // Whether it is time for sync_all(), before each write of another file has to sync one.
  bool many_unsynced() const;
  // The partition's files and directories may have been made by a process that was killed before it
  // synced their names: the next sync includes them.
  void distrust_names(const Partition& partition);

  // Removes a generation's files with whatever else stands in its directory.
  Status remove_generation(GenerationId generation);
  // Removes a file of a partition that the log does not know (any more), if it is there; of a
  // segment also what stands beside it.
  Status remove_stray(const std::string& path);

 private:
  struct OpenFile {
    std::shared_ptr<File> file;
    std::list<std::string>::iterator recent;
  };

  // The WRITE-th write of the store was the last one that ended.
  struct UnsyncedFile {
    std::shared_ptr<File> file;
    uint64_t write = 0;
  };

  Status make_room_for_unsynced(const std::string& path);
  void note_unsynced(const std::string& path, std::shared_ptr<File> file);
  Status sync_unsynced(const std::string& path, const UnsyncedFile& unsynced);
  Result<std::shared_ptr<File>> open_or_create(const Partition& partition,
                                               const SegmentName& segment);
  Status remove_if_there(const std::string& path);
  std::shared_ptr<File> cached(const std::string& path);
  std::shared_ptr<File> remember(const std::string& path, std::unique_ptr<File> file);
  void close_oldest();
  void forget(const std::string& path);
  void note_new_name_in(const std::string& dir);

  Fs& fs_;
  const DataPaths paths_;
  const size_t open_files_max_;

  mutable std::mutex mutex_;
  std::unordered_map<std::string, OpenFile> files_;
  std::list<std::string> recent_;  // the last used first
  // Files stay open until they are synced, so that an error of writing them back reaches us. At
  // most open_files_max_, and as many again that sync_all() is at.
  std::map<std::string, UnsyncedFile> unsynced_;
  uint64_t writes_ = 0;
  // Directories with names that may not be durable, each with the number of its last change.
  std::map<std::string, uint64_t> changed_dirs_;
  uint64_t changes_ = 0;
};

}  // namespace leat::log
