#include <cstdio>
#include <filesystem>

#include "cli/commands/commands.h"
#include "cli/commands/running.h"
#include "cli/control/admin_routes.h"
#include "cli/parts.h"
#include "cli/system/memory.h"
#include "cli/terminal/work_progress.h"
#include "cli/text/units.h"
#include "cli/text/verify_text.h"
#include "log/log_dump.h"

namespace leat::cli {
namespace {

// The log in a data directory or a backup, or DIR itself.
Result<std::string> log_in(const std::string& dir) {
  LEAT_ASSIGN_OR_RETURN(bool inside, Fs::posix().exists(dir + "/log"));
  return inside ? dir + "/log" : dir;
}

// As a backup counts them: without the lock.
LogFiles files_of(const std::string& log_dir) {
  LogFiles files;
  std::error_code gone;
  for (std::filesystem::recursive_directory_iterator at(log_dir, gone), end; !gone && at != end;
       at.increment(gone)) {
    std::error_code unreadable;
    uint64_t bytes = at->is_regular_file(unreadable) ? at->file_size(unreadable) : 0;
    if (unreadable || at->is_directory() || at->path().filename() == "LOCK") continue;
    ++files.count;
    files.bytes += bytes;
  }
  return files;
}

Status print(std::string_view lines) {
  bool whole = std::fwrite(lines.data(), 1, lines.size(), stdout) == lines.size();
  return whole ? Status() : Error::permanent("standard output is closed");
}

Result<log::CopySummary> ask_for_backup(const ControlClient& leat, const std::string& to,
                                        const log::CopyProgress& progress) {
  Result<log::CopySummary> result = Error::permanent(
      "the running process ended before the backup was whole; " + to + " is no backup");
  std::string rest;
  LEAT_RETURN_IF_ERROR(
      leat.post_stream("/log/backup?to=" + path_part(to), [&](std::string_view bytes) {
        rest += bytes;
        for (size_t end; (end = rest.find('\n')) != std::string::npos; rest.erase(0, end + 1)) {
          auto last = read_backup_line(std::string_view(rest).substr(0, end), progress);
          if (last) result = std::move(*last);
        }
        return true;
      }));
  return result;
}

Result<log::CopySummary> back_up(const Config& config, const std::string& to,
                                 const log::CopyProgress& progress) {
  LEAT_ASSIGN_OR_RETURN(LogAccess log, reach_log(config));
  if (log.running) return ask_for_backup(*log.running, to, progress);
  return log.resting->back_up(to, progress);
}

std::string copy_text(const log::CopySummary& copied) {
  std::string out = "cut " + count_text(copied.cut.value()) + ", " + count_text(copied.files) +
                    " files, " + bytes_text(copied.bytes) + "\n";
  for (const std::string& path : copied.missing) {
    out += "note: " + path + " was missing or short already; see: leat log verify\n";
  }
  return out;
}

std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

}  // namespace

Result<ExitStatus> run_log_verify(const std::string& dir) {
  (void)raise_open_files_limit();
  LEAT_RETURN_IF_ERROR(check_nobody_runs(dir, "verify"));
  LEAT_ASSIGN_OR_RETURN(std::string log, log_in(dir));
  Result<log::VerifyReport> report = [&] {
    WorkProgress progress("verify");
    return log::verify_log(Fs::posix(), log,
                           [&](uint64_t done, uint64_t total) { progress.update(done, total); });
  }();
  if (!report.ok()) return report.error();
  LEAT_RETURN_IF_ERROR(print(verify_text(dir, *report, files_of(log))));
  return is_sound(*report) ? 0 : 1;
}

Result<ExitStatus> run_log_dump(const std::vector<std::string>& files) {
  if (files.empty()) return Error::permanent("name files of a log, or --topic TOPIC");
  for (const std::string& file : files) {
    LEAT_RETURN_IF_ERROR(log::dump_file(Fs::posix(), file, print));
  }
  return 0;
}

Result<ExitStatus> run_log_dump_topic(const Config& config, const std::string& topic) {
  (void)raise_open_files_limit();
  LEAT_RETURN_IF_ERROR(check_nobody_runs(config.data_dir, "dump"));
  LEAT_ASSIGN_OR_RETURN(auto image, log::LogImage::open(Fs::posix(), log_dir(config)));
  LEAT_RETURN_IF_ERROR(log::dump_topic(*image, topic, print));
  return 0;
}

Result<ExitStatus> run_log_backup(const Config& config, const std::string& dir) {
  std::string to = absolute(dir);
  LEAT_ASSIGN_OR_RETURN(bool there, Fs::posix().exists(to));
  if (there && !std::filesystem::is_empty(to)) {
    return Error::permanent(dir + " is not empty; name a directory that is empty or not there yet");
  }
  Result<log::CopySummary> copied = [&] {
    WorkProgress progress("backup");
    return back_up(config, to + "/log",
                   [&](uint64_t done, uint64_t total) { progress.update(done, total); });
  }();
  if (!copied.ok()) return copied.error();
  LEAT_RETURN_IF_ERROR(print(dir + ": " + copy_text(*copied)));
  return 0;
}

Result<ExitStatus> run_log_restore(const std::string& backup, const std::string& data_dir) {
  LEAT_ASSIGN_OR_RETURN(std::string from, log_in(backup));
  std::string to = absolute(data_dir);
  LEAT_ASSIGN_OR_RETURN(bool there, Fs::posix().exists(to));
  if (there && !std::filesystem::is_empty(to)) {
    return Error::permanent(data_dir +
                            " is not empty; restore into a directory of its own, and "
                            "put that in the place of the old one");
  }
  Result<log::CopySummary> copied = [&] {
    WorkProgress progress("restore");
    return log::restore_log(Fs::posix(), from, to + "/log",
                            [&](uint64_t done, uint64_t total) { progress.update(done, total); });
  }();
  if (!copied.ok()) return copied.error();
  LEAT_RETURN_IF_ERROR(print(data_dir + ": " + copy_text(*copied)));
  return 0;
}

}  // namespace leat::cli
