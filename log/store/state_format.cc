#include "log/store/state_format.h"

namespace leat::store {
namespace {

constexpr uint64_t kFormatBytesMax = 256;

std::string format_text() {
  return "leat state " + std::to_string(kStateFormat) + "\n";
}

Error refused(const std::string& dir, const std::string& what) {
  return Error::permanent(dir + "/FORMAT " + what + "; open it with the Leat that wrote it, or " +
                          "remove " + dir + ": it is made anew from the log");
}

// Before RocksDB makes its first file, so that no state is ever without it.
Status write_format(Fs& fs, const std::string& dir) {
  const std::string path = dir + "/FORMAT";
  const std::string fresh = path + ".new";
  LEAT_RETURN_IF_ERROR(fs.create_dirs(dir));
  LEAT_ASSIGN_OR_RETURN(bool unfinished, fs.exists(fresh));
  if (unfinished) LEAT_RETURN_IF_ERROR(fs.remove_file(fresh));
  LEAT_ASSIGN_OR_RETURN(auto file, fs.open(fresh, OpenMode::create_new));
  LEAT_RETURN_IF_ERROR(file->write_at(0, format_text()));
  LEAT_RETURN_IF_ERROR(file->sync());
  LEAT_RETURN_IF_ERROR(fs.rename(fresh, path));
  return fs.sync_dir(dir);
}

}  // namespace

Status check_state_format(Fs& fs, const std::string& dir) {
  LEAT_ASSIGN_OR_RETURN(bool there, fs.exists(dir + "/FORMAT"));
  if (!there) {
    LEAT_ASSIGN_OR_RETURN(bool has_state, fs.exists(dir + "/CURRENT"));  // RocksDB's first file
    if (has_state) return refused(dir, "is missing, so the state is of an unknown format version");
    return write_format(fs, dir);
  }
  LEAT_ASSIGN_OR_RETURN(std::string text, read_file(fs, dir + "/FORMAT", kFormatBytesMax));
  if (text == format_text()) return Ok{};
  std::string found = text.substr(0, text.find('\n'));
  return refused(dir, "says '" + found + "', an unknown format version");
}

}  // namespace leat::store
