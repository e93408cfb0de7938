#include "log/backup.h"

#include "log/checkpoint.h"
#include "log/log_copy.h"
#include "log/log_image.h"

namespace leat::log {
namespace {

Status list_files(Fs& fs, const std::string& from, const std::string& to, int depth,
                  std::vector<LogCopy::File>* files) {
  LEAT_ASSIGN_OR_RETURN(auto names, fs.list_dir(from));
  for (const std::string& name : names) {
    std::string path = from + "/" + name;
    if (depth > 0) {
      LEAT_RETURN_IF_ERROR(list_files(fs, path, to + "/" + name, depth - 1, files));
      continue;
    }
    LEAT_ASSIGN_OR_RETURN(auto file, fs.open(path, OpenMode::read_only));
    LEAT_ASSIGN_OR_RETURN(uint64_t bytes, file->size());
    files->push_back({path, to + "/" + name, bytes});
  }
  return Ok{};
}

// Cuts of the copy and of the log it was made from have the same numbers, and may have other
// contents from now on.
std::string with_new_incarnation(Checkpoint checkpoint) {
  auto state = std::make_shared<LogState>(*checkpoint.state);
  state->incarnation = random_salt();
  checkpoint.state = std::move(state);
  return encode_checkpoint(checkpoint);
}

}  // namespace

Result<CopySummary> restore_log(Fs& fs, const std::string& from, const std::string& to,
                                const CopyProgress& progress) {
  DataPaths source(from), target(to);
  LEAT_ASSIGN_OR_RETURN(bool there, fs.exists(source.checkpoint()));
  if (!there) {
    return Error::permanent(from + " holds no finished backup: there is no " + source.checkpoint());
  }
  LEAT_ASSIGN_OR_RETURN(auto checkpoint, read_checkpoint(fs, source));
  LogCopy copy(fs, progress);
  LEAT_RETURN_IF_ERROR(copy.make_empty(to));
  std::vector<LogCopy::File> files;
  LEAT_RETURN_IF_ERROR(list_files(fs, source.journal_dir(), target.journal_dir(), 0, &files));
  LEAT_RETURN_IF_ERROR(list_files(fs, source.segments_dir(), target.segments_dir(), 2, &files));
  LEAT_RETURN_IF_ERROR(fs.create_dirs(target.segments_dir()));
  LEAT_RETURN_IF_ERROR(copy.copy(files));
  std::string encoded = with_new_incarnation(std::move(checkpoint));
  LEAT_RETURN_IF_ERROR(copy.write(target.checkpoint(), encoded));
  // What the journal holds behind the checkpoint counts too.
  auto restored = LogImage::open(fs, to);
  if (!restored.ok()) return restored.error().in("the copy is whole, but it does not open");
  copy.summary().cut = (*restored)->state().cut;
  return std::move(copy.summary());
}

}  // namespace leat::log
