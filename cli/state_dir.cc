#include "cli/state_dir.h"

#include <spdlog/spdlog.h>

#include <filesystem>

#include "log/base/fs.h"

namespace leat::cli {
namespace {

constexpr uint64_t kBytesMax = 100;

// Not the directory itself: it may be a mount's.
Status remove_all_in(const std::string& dir) {
  std::error_code error;
  for (std::filesystem::directory_iterator at(dir, error), end; !error && at != end;
       at.increment(error)) {
    std::filesystem::remove_all(at->path(), error);
  }
  if (!error) return {};
  return Error::permanent("cannot remove what is in " + dir + ": " + error.message());
}

Status write(Fs& fs, const std::string& path, const std::string& text) {
  LEAT_ASSIGN_OR_RETURN(auto file, fs.open(path, OpenMode::create_new));
  LEAT_RETURN_IF_ERROR(file->write_at(0, text));
  return file->sync();
}

}  // namespace

Status settle_state_dir(const std::string& dir, uint64_t incarnation) {
  Fs& fs = Fs::posix();
  const std::string path = dir + "/INCARNATION";
  const std::string wanted = std::to_string(incarnation) + "\n";
  LEAT_RETURN_IF_ERROR(fs.create_dirs(dir));
  LEAT_ASSIGN_OR_RETURN(bool is_named, fs.exists(path));
  std::string found;
  if (is_named) {
    LEAT_ASSIGN_OR_RETURN(found, read_file(fs, path, kBytesMax));
  }
  if (found == wanted) return {};
  LEAT_ASSIGN_OR_RETURN(bool has_state, fs.exists(dir + "/CURRENT"));  // RocksDB's first file
  if (has_state) {
    spdlog::warn(
        "{} was made from another log than the one that is open (a backup was restored?): it is "
        "made anew from this one",
        dir);
  }
  LEAT_RETURN_IF_ERROR(remove_all_in(dir));
  LEAT_RETURN_IF_ERROR(write(fs, path, wanted));
  return fs.sync_dir(dir);
}

}  // namespace leat::cli
