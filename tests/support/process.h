// Child processes for tests, benchmarks and the demo: started with their output in a file, and
// never left behind: they die with the object, and with the thread that started them.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "log/base/status.h"

namespace leat::test {

struct ProcessOptions {
  std::vector<std::string> argv;         // argv[0] by PATH
  std::vector<std::string> environment;  // "NAME=value", added to ours
  std::string output_path;               // stdout and stderr, appended; empty: inherited
  std::string user;                      // run as this user where we are root; empty: as ourselves
};

class Process {
 public:
  static Result<Process> start(const ProcessOptions& options);
  ~Process();  // SIGKILL and wait, where it still runs
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  // The exit status as a shell gives it (128 + signal for a killed one); none where it still runs
  // after TIMEOUT.
  std::optional<int> wait(std::chrono::milliseconds timeout);
  bool running();

 private:
  explicit Process(pid_t pid) : pid_(pid) {}
  pid_t pid_ = -1;
  std::optional<int> exit_status_;
};

// Runs to the end and gives what it printed (output_path is not used); an error where the exit
// status is not 0, with that.
Result<std::string> run_to_end(ProcessOptions options);

// A port on 127.0.0.1 that nobody listens on now, another one each time.
int free_port();

// A new directory below TMPDIR, removed with all it holds when this goes.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace leat::test
