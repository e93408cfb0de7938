#include "log/log_copy.h"

#include <algorithm>
#include <set>

namespace leat::log {
namespace {

constexpr size_t kCopyBytes = 4 << 20;

std::string parent_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

}  // namespace

Status LogCopy::make_empty(const std::string& dir) {
  LEAT_ASSIGN_OR_RETURN(bool there, fs_.exists(dir));
  if (!there) return fs_.create_dirs(dir);
  LEAT_ASSIGN_OR_RETURN(auto names, fs_.list_dir(dir));
  if (names.empty()) return Ok{};
  return Error::permanent(dir + " is not empty (it holds " + names.front() +
                          "); name a directory that is empty or not there yet");
}

Status LogCopy::copy(const std::vector<File>& files) {
  uint64_t total = 0;
  std::set<std::string> dirs;
  for (const File& file : files) {
    total += file.bytes;
    dirs.insert(parent_of(file.to));
  }
  for (const std::string& dir : dirs) LEAT_RETURN_IF_ERROR(fs_.create_dirs(dir));
  for (const File& file : files) LEAT_RETURN_IF_ERROR(copy_one(file, total));
  for (const std::string& dir : dirs) {
    LEAT_RETURN_IF_ERROR(fs_.sync_dir(dir));
    LEAT_RETURN_IF_ERROR(fs_.sync_dir(parent_of(dir)));
    LEAT_RETURN_IF_ERROR(fs_.sync_dir(parent_of(parent_of(dir))));
  }
  return Ok{};
}

Status LogCopy::copy_one(const File& file, uint64_t bytes_total) {
  LEAT_ASSIGN_OR_RETURN(bool there, fs_.exists(file.from));
  if (!there) {
    summary_.missing.push_back(file.from);
    return Ok{};
  }
  LEAT_ASSIGN_OR_RETURN(auto from, fs_.open(file.from, OpenMode::read_only));
  LEAT_ASSIGN_OR_RETURN(auto to, fs_.open(file.to, OpenMode::create_new));
  std::string buffer(std::min<uint64_t>(file.bytes, kCopyBytes), '\0');
  uint64_t at = 0;
  while (at < file.bytes) {
    size_t wanted = std::min<uint64_t>(file.bytes - at, buffer.size());
    LEAT_ASSIGN_OR_RETURN(size_t got, from->read_at(at, buffer.data(), wanted));
    if (got == 0) break;
    LEAT_RETURN_IF_ERROR(to->write_at(at, std::string_view(buffer).substr(0, got)));
    at += got;
    summary_.bytes += got;
    if (progress_) progress_(summary_.bytes, bytes_total);
  }
  if (at < file.bytes) summary_.missing.push_back(file.from);
  summary_.files += 1;
  return to->sync();
}

Status LogCopy::write(const std::string& path, std::string_view bytes) {
  LEAT_RETURN_IF_ERROR(fs_.create_dirs(parent_of(path)));
  LEAT_ASSIGN_OR_RETURN(auto file, fs_.open(path, OpenMode::create_new));
  LEAT_RETURN_IF_ERROR(file->write_at(0, bytes));
  LEAT_RETURN_IF_ERROR(file->sync());
  summary_.files += 1;
  summary_.bytes += bytes.size();
  return fs_.sync_dir(parent_of(path));
}

}  // namespace leat::log
