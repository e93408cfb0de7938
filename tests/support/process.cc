#include "tests/support/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

namespace leat::test {
namespace {

using namespace std::chrono_literals;

[[noreturn]] void die_in_child(const char* what) {
  std::fprintf(stderr, "%s: %s\n", what, std::strerror(errno));
  ::_exit(127);
}

void become(const std::string& user) {
  if (user.empty() || ::geteuid() != 0) return;
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr) die_in_child("no such user");
  if (::initgroups(user.c_str(), entry->pw_gid) != 0 || ::setgid(entry->pw_gid) != 0 ||
      ::setuid(entry->pw_uid) != 0) {
    die_in_child("cannot change the user");
  }
}

void redirect_output(const std::string& path) {
  if (path.empty()) return;
  int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (fd < 0) die_in_child(path.c_str());
  ::dup2(fd, STDOUT_FILENO);
  ::dup2(fd, STDERR_FILENO);
}

[[noreturn]] void run_child(const ProcessOptions& options, pid_t parent) {
  redirect_output(options.output_path);
  become(options.user);
  // After the change of user, which clears it. The parent may have gone in the meantime.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  for (const std::string& entry : options.environment) ::putenv(const_cast<char*>(entry.c_str()));
  std::vector<char*> argv;
  for (const std::string& arg : options.argv) argv.push_back(const_cast<char*>(arg.c_str()));
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  die_in_child(argv[0]);
}

int shell_status(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Result<Process> Process::start(const ProcessOptions& options) {
  pid_t parent = ::getpid();
  pid_t pid = ::fork();
  if (pid < 0) return Error::transient(std::string("cannot fork: ") + std::strerror(errno));
  if (pid == 0) run_child(options, parent);
  return Process(pid);
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), exit_status_(other.exit_status_) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(exit_status_, other.exit_status_);
  return *this;
}

Process::~Process() {
  if (pid_ < 0 || exit_status_) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Process::signal(int number) const {
  if (!exit_status_) ::kill(pid_, number);
}

std::optional<int> Process::wait(std::chrono::milliseconds timeout) {
  auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!exit_status_) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_)
      exit_status_ = shell_status(status);
    else if (std::chrono::steady_clock::now() >= deadline)
      return std::nullopt;
    else
      std::this_thread::sleep_for(2ms);
  }
  return exit_status_;
}

bool Process::running() {
  return !wait(0ms).has_value();
}

Result<std::string> run_to_end(ProcessOptions options) {
  TempDir dir;
  ::chmod(dir.path().c_str(), 0777);
  options.output_path = dir / "output";
  LEAT_ASSIGN_OR_RETURN(Process process, Process::start(options));
  std::optional<int> status = process.wait(10min);
  std::ifstream file(options.output_path);
  std::stringstream output;
  output << file.rdbuf();
  if (status == 0) return output.str();
  return Error::permanent(options.argv[0] + " ended with status " +
                          (status ? std::to_string(*status) : "none in 10 minutes") + ": " +
                          output.str());
}

namespace {

bool is_free(int port) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  bool bound = ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return bound;
}

}  // namespace

// Below those that systems give to clients, one after the other: a port that was given is not given
// again, though nobody may be meant to listen there.
int free_port() {
  constexpr int kFirst = 15'000;
  constexpr int kCount = 17'000;
  static std::atomic<int> next{static_cast<int>(::getpid() * 97LL % kCount)};
  for (int tries = 0; tries < kCount; ++tries) {
    int port = kFirst + next.fetch_add(1) % kCount;
    if (is_free(port)) return port;
  }
  LEAT_CHECK(false);
}

TempDir::TempDir() {
  std::string pattern = (std::filesystem::temp_directory_path() / "leat-test-XXXXXX").string();
  LEAT_CHECK(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace leat::test
