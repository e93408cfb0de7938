#include "cli/topics/topic_append.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <functional>

#include "cli/commands/commands.h"
#include "cli/commands/running.h"
#include "cli/control/admin_routes.h"
#include "cli/system/line_batches.h"
#include "cli/terminal/work_progress.h"
#include "cli/text/units.h"

namespace leat::cli {
namespace {

// What is to be appended: a file, or standard input.
class Input {
 public:
  static Result<Input> open(const std::string& path) {
    if (path.empty() || path == "-") return Input(STDIN_FILENO, "standard input");
    int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return Error::permanent(path + ": " + std::strerror(errno));
    return Input(fd, path);
  }
  Input(Input&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), name_(std::move(other.name_)) {}
  Input& operator=(Input&&) = delete;
  ~Input() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }

  int fd() const { return fd_; }
  const std::string& name() const { return name_; }
  // 0 where it is not a file.
  uint64_t bytes() const {
    struct stat info {};
    bool is_file = ::fstat(fd_, &info) == 0 && S_ISREG(info.st_mode);
    return is_file ? static_cast<uint64_t>(info.st_size) : 0;
  }

 private:
  Input(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

  int fd_;
  std::string name_;
};

struct Appended {
  uint64_t lines = 0;
  uint64_t bytes = 0;
  uint64_t records = 0;
  uint64_t commits = 0;
};

using AppendLines = std::function<Result<uint64_t>(std::string_view lines, uint64_t first_line)>;

// What had been written before the batch that WHY is about.
Error stopped(const Error& why, const Appended& done, uint64_t batch_lines) {
  std::string first = count_text(done.lines + 1);
  std::string written = done.records == 0 ? "nothing is written"
                                          : count_text(done.records) + " records, up to line " +
                                                count_text(done.lines) + ", are written";
  std::string rest = "; from line " + first + " on nothing is";
  if (why.is_transient()) {
    rest = "; whether lines " + first + " to " + count_text(done.lines + batch_lines) +
           " are is not known (leat topic cat shows it)";
  } else if (done.records == 0) {
    rest = "";
  }
  std::string message = why.message() + "\n" + written + rest;
  return why.is_transient() ? Error::transient(message) : Error::permanent(message);
}

Result<Appended> append_all(const Input& input, const AppendLines& append, WorkProgress& progress) {
  LineBatches batches(input.fd(), kAppendBatchBytes, kAppendLineBytesMax);
  uint64_t bytes_total = input.bytes();
  Appended done;
  for (;;) {
    auto lines = batches.next();
    if (!lines.ok()) {
      std::string where = input.name() + ", line " + std::to_string(done.lines + 1);
      return stopped(lines.error().in(where), done, 0);
    }
    if (lines->empty()) return done;
    auto count = static_cast<uint64_t>(std::count(lines->begin(), lines->end(), '\n'));
    if (lines->back() != '\n') ++count;
    auto records = append(*lines, done.lines + 1);
    if (!records.ok()) return stopped(records.error().in(input.name()), done, count);
    done.lines += count;
    done.bytes += lines->size();
    done.records += *records;
    done.commits += *records > 0 ? 1 : 0;
    progress.update(done.bytes, bytes_total, count_text(done.records) + " records");
  }
}

Result<Appended> append_running(const ControlClient& leat, const std::string& topic,
                                const Input& input, WorkProgress& progress) {
  std::string target = "/topics/" + path_part(topic) + "/append?line=";
  return append_all(
      input,
      [&](std::string_view lines, uint64_t first_line) -> Result<uint64_t> {
        LEAT_ASSIGN_OR_RETURN(std::string body,
                              leat.post(target + std::to_string(first_line), std::string(lines)));
        return parse_appended_json(body);
      },
      progress);
}

Result<Appended> append_resting(const Config& config, const std::string& topic, const Input& input,
                                WorkProgress& progress) {
  LEAT_ASSIGN_OR_RETURN(auto log, open_resting_log(config));
  TopicAppender appender(*log, Clock::system());
  auto done = append_all(
      input,
      [&](std::string_view lines, uint64_t first_line) {
        return appender.append(topic, lines, first_line);
      },
      progress);
  Status closed = log->close();
  if (done.ok() && !closed.ok()) return closed.error();
  return done;
}

std::string appended_text(const std::string& topic, const Appended& done, double seconds) {
  std::string out = topic + ": " + count_text(done.records) +
                    (done.records == 1 ? " record" : " records") + " appended and durable, " +
                    count_text(done.commits) + (done.commits == 1 ? " commit, " : " commits, ") +
                    duration_text(static_cast<int64_t>(seconds * 1e6));
  if (done.records > 0 && seconds > 0) {
    out += ", " + rate_text(static_cast<double>(done.records) / seconds, "records");
  }
  return out + "\n";
}

}  // namespace

Result<ExitStatus> run_topic_append(const Config& config, const std::string& topic,
                                    const std::string& path) {
  LEAT_ASSIGN_OR_RETURN(Input input, Input::open(path));
  LEAT_ASSIGN_OR_RETURN(auto leat, ControlClient::connect(config.data_dir));
  auto started_at = std::chrono::steady_clock::now();
  Result<Appended> done = [&] {
    WorkProgress progress(topic);
    return leat ? append_running(*leat, topic, input, progress)
                : append_resting(config, topic, input, progress);
  }();
  if (!done.ok()) return done.error();
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - started_at;
  std::fputs(appended_text(topic, *done, took.count()).c_str(), stdout);
  return 0;
}

}  // namespace leat::cli
