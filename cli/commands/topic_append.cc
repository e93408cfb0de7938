#include "cli/topics/topic_append.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>

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

// Where batches go: to the running process, or else into the log itself. That is opened for a while
// only, as leat run may want it, which then takes what follows.
class Target {
 public:
  Target(const Config& config, const std::string& topic)
      : config_(config), path_("/topics/" + path_part(topic) + "/append?line="), topic_(topic) {}

  Result<uint64_t> append(std::string_view lines, uint64_t first_line) {
    if (log_ && steady_clock::now() - opened_at_ > kHoldMax) LEAT_RETURN_IF_ERROR(yield());
    if (log_) return append_here(lines, first_line);
    LEAT_ASSIGN_OR_RETURN(LogAccess log, reach_log(config_));
    if (!log.running) {
      open(std::move(log.resting));
      return append_here(lines, first_line);
    }
    LEAT_ASSIGN_OR_RETURN(std::string body, log.running->post(path_ + std::to_string(first_line),
                                                              std::string(lines)));
    return parse_appended_json(body);
  }

  // Nothing comes for now, or nothing more.
  Status release() {
    if (!log_) return {};
    appender_.reset();
    Status closed = log_->close();
    log_.reset();
    return closed;
  }

 private:
  using steady_clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kHoldMax{5};
  static constexpr std::chrono::milliseconds kYield{300};  // leat run looks more often

  // Long enough for leat run, which waits for the log, to get it.
  Status yield() {
    LEAT_RETURN_IF_ERROR(release());
    std::this_thread::sleep_for(kYield);
    return {};
  }

  void open(std::unique_ptr<log::LocalLog> log) {
    log_ = std::move(log);
    appender_ = std::make_unique<TopicAppender>(*log_, Clock::system());
    opened_at_ = steady_clock::now();
  }

  Result<uint64_t> append_here(std::string_view lines, uint64_t first_line) {
    return appender_->append(topic_, lines, first_line);
  }

  const Config& config_;
  const std::string path_;
  const std::string& topic_;
  std::unique_ptr<log::LocalLog> log_;
  std::unique_ptr<TopicAppender> appender_;
  steady_clock::time_point opened_at_;
};

Result<Appended> append_all(const Input& input, Target& target, WorkProgress& progress) {
  LineBatches batches(input.fd(), kAppendBatchBytes, kAppendLineBytesMax);
  uint64_t bytes_total = input.bytes();
  Appended done;
  for (;;) {
    if (!batches.has_more_soon()) LEAT_RETURN_IF_ERROR(target.release());
    auto lines = batches.next();
    if (!lines.ok()) {
      std::string where = input.name() + ", line " + std::to_string(done.lines + 1);
      return stopped(lines.error().in(where), done, 0);
    }
    if (lines->empty()) break;
    auto count = static_cast<uint64_t>(std::count(lines->begin(), lines->end(), '\n'));
    if (lines->back() != '\n') ++count;
    auto records = target.append(*lines, done.lines + 1);
    if (!records.ok()) return stopped(records.error().in(input.name()), done, count);
    done.lines += count;
    done.bytes += lines->size();
    done.records += *records;
    done.commits += *records > 0 ? 1 : 0;
    progress.update(done.bytes, bytes_total, count_text(done.records) + " records");
  }
  LEAT_RETURN_IF_ERROR(target.release());
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
  Target target(config, topic);
  auto started_at = std::chrono::steady_clock::now();
  Result<Appended> done = [&] {
    WorkProgress progress(topic);
    return append_all(input, target, progress);
  }();
  if (!done.ok()) return done.error();
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - started_at;
  std::fputs(appended_text(topic, *done, took.count()).c_str(), stdout);
  return 0;
}

}  // namespace leat::cli
