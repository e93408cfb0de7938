// The journal's files by number: made, used again, removed.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "log/base/fs.h"
#include "log/base/status.h"
#include "log/data_paths.h"
#include "log/journal.h"

namespace leat::log {

class JournalFiles {
 public:
  JournalFiles(Fs& fs, DataPaths paths, uint64_t bytes)
      : fs_(fs), paths_(std::move(paths)), bytes_(bytes) {}

  // An empty journal file of at least BYTES_MIN bytes, from the spare where there is one; sync()
  // makes it durable. May be tried again after a transient error.
  Result<std::unique_ptr<JournalWriter>> start(JournalId id, CutId cut_first, uint64_t bytes_min);
  // The same of about BYTES, for where there is no more room. What an earlier attempt at the same
  // number has taken is free again first.
  Result<std::unique_ptr<JournalWriter>> start_small(JournalId id, CutId cut_first, uint64_t bytes);
  // The new file's header and name. After an error the log must end: see File::sync.
  Status sync(JournalWriter& journal);

  // The files below NUMBER are needed no more: one is kept as the spare, the others go.
  Status release_below(uint64_t number);

 private:
  Result<std::unique_ptr<File>> prepare(uint64_t number, uint64_t bytes);
  Result<std::unique_ptr<File>> reuse_spare(uint64_t number, uint64_t bytes);
  Result<std::unique_ptr<File>> create(uint64_t number, uint64_t bytes);

  Fs& fs_;
  const DataPaths paths_;
  const uint64_t bytes_;
  std::mutex mutex_;
  std::optional<uint64_t> spare_;
};

}  // namespace leat::log
