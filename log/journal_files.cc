#include "log/journal_files.h"

#include <algorithm>
#include <string>

namespace leat::log {
namespace {

constexpr uint64_t kSmallestBytes = 256 << 10;

// Written, not only reserved: syncing a write into reserved room must also bring the file system's
// own books to disk, which doubles its cost.
Status fill_with_zeros(File& file, uint64_t bytes) {
  LEAT_RETURN_IF_ERROR(file.preallocate(bytes));
  std::string zeros(std::min<uint64_t>(bytes, 1 << 20), '\0');
  for (uint64_t at = 0; at < bytes; at += zeros.size()) {
    zeros.resize(std::min<uint64_t>(zeros.size(), bytes - at));
    LEAT_RETURN_IF_ERROR(file.write_at(at, zeros));
  }
  return Ok{};
}

}  // namespace

Result<std::unique_ptr<JournalWriter>> JournalFiles::start(JournalId id, CutId cut_first,
                                                           uint64_t bytes_min) {
  // As large as ever, or what a full disk still has room for.
  uint64_t bytes = std::max(bytes_, bytes_min);
  while (true) {
    auto started = start_small(id, cut_first, bytes);
    bool is_full = !started.ok() && started.error().is_transient();
    if (!is_full || bytes / 2 < std::max(bytes_min, kSmallestBytes)) return started;
    bytes /= 2;
  }
}

Result<std::unique_ptr<JournalWriter>> JournalFiles::start_small(JournalId id, CutId cut_first,
                                                                 uint64_t bytes) {
  LEAT_ASSIGN_OR_RETURN(auto file, prepare(id.number, bytes));
  return JournalWriter::start(std::move(file), bytes, id, random_salt(), cut_first);
}

Status JournalFiles::sync(JournalWriter& journal) {
  LEAT_RETURN_IF_ERROR(journal.sync());
  return fs_.sync_dir(paths_.journal_dir());
}

Result<std::unique_ptr<File>> JournalFiles::prepare(uint64_t number, uint64_t bytes) {
  std::lock_guard lock(mutex_);
  std::string path = paths_.journal(number);
  LEAT_ASSIGN_OR_RETURN(bool there, fs_.exists(path));
  if (there) LEAT_RETURN_IF_ERROR(fs_.remove_file(path));  // of an attempt that failed
  return spare_ ? reuse_spare(number, bytes) : create(number, bytes);
}

Result<std::unique_ptr<File>> JournalFiles::reuse_spare(uint64_t number, uint64_t bytes) {
  std::string spare = paths_.journal(*spare_);
  spare_.reset();
  LEAT_ASSIGN_OR_RETURN(auto file, fs_.open(spare, OpenMode::read_write));
  LEAT_ASSIGN_OR_RETURN(uint64_t size, file->size());
  if (size < bytes) {
    LEAT_RETURN_IF_ERROR(fs_.remove_file(spare));
    return create(number, bytes);
  }
  LEAT_RETURN_IF_ERROR(fs_.rename(spare, paths_.journal(number)));
  return file;
}

Result<std::unique_ptr<File>> JournalFiles::create(uint64_t number, uint64_t bytes) {
  LEAT_ASSIGN_OR_RETURN(auto file, fs_.open(paths_.journal(number), OpenMode::create_new));
  LEAT_RETURN_IF_ERROR(fill_with_zeros(*file, bytes));
  return file;
}

Status JournalFiles::release_below(uint64_t number) {
  std::lock_guard lock(mutex_);
  LEAT_ASSIGN_OR_RETURN(auto names, fs_.list_dir(paths_.journal_dir()));
  for (const std::string& name : names) {
    auto found = number_of_name(name, kJournalSuffix);
    if (!found || *found >= number || found == spare_) continue;
    if (!spare_) {
      spare_ = found;
      continue;
    }
    LEAT_RETURN_IF_ERROR(fs_.remove_file(paths_.journal(*found)));
  }
  return Ok{};
}

}  // namespace leat::log
