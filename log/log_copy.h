// Copies files of a log, with progress, to the disk.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "log/backup.h"
#include "log/base/fs.h"
#include "log/base/status.h"

namespace leat::log {

class LogCopy {
 public:
  struct File {
    std::string from;
    std::string to;
    uint64_t bytes = 0;  // the first so many; fewer where the file is shorter
  };

  LogCopy(Fs& fs, const CopyProgress& progress) : fs_(fs), progress_(progress) {}

  // The directory is empty, or made with what is missing above it; anything in it is an error.
  Status make_empty(const std::string& dir);
  // Copies and syncs all, and their names. A source that is missing is noted in the summary.
  Status copy(const std::vector<File>& files);
  // Writes a small file.
  Status write(const std::string& path, std::string_view bytes);

  CopySummary& summary() { return summary_; }

 private:
  Status copy_one(const File& file, uint64_t bytes_total);

  Fs& fs_;
  const CopyProgress& progress_;
  CopySummary summary_;
};

}  // namespace leat::log
