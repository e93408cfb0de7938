#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "log/base/fs.h"
#include "log/base/lock_error.h"

namespace leat {
namespace {

constexpr std::string_view kLocked = " is locked: another leat process uses this directory";

// Room, and limits that may pass, are worth another try; everything else needs a person.
bool is_transient_errno(int error) {
  return error == ENOSPC || error == EDQUOT || error == EMFILE || error == ENFILE ||
         error == EAGAIN;
}

Error errno_error(std::string_view action, const std::string& path) {
  int error = errno;
  std::string message = "cannot " + std::string(action) + " " + path + ": " + std::strerror(error);
  return is_transient_errno(error) ? Error::transient(std::move(message))
                                   : Error::permanent(std::move(message));
}

constexpr size_t kHolderBytesMax = 200;

// This process's program and the words behind it that name a subcommand: other arguments may hold
// what is nobody's business.
std::string command_words() {
  std::ifstream in("/proc/self/cmdline", std::ios::binary);
  std::string program, word;
  std::getline(in, program, '\0');
  std::string words = std::filesystem::path(program).filename().string();
  for (int i = 0; i < 2 && std::getline(in, word, '\0'); ++i) {
    bool is_name = word.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos;
    if (!is_name || word.empty()) break;
    words += " " + word;
  }
  return words;
}

// Only to be shown to who waits for it, so a disk without room for it does not matter.
void write_holder(int fd) {
  std::string text = "process " + std::to_string(::getpid()) + ": " + command_words();
  bool written = ::ftruncate(fd, 0) == 0 &&
                 ::pwrite(fd, text.data(), std::min(text.size(), kHolderBytesMax), 0) > 0;
  (void)written;
}

std::string read_holder(int fd) {
  char text[kHolderBytesMax];
  ssize_t size = ::pread(fd, text, sizeof(text), 0);
  return size <= 0 ? "" : " (" + std::string(text, static_cast<size_t>(size)) + ")";
}

class PosixFile final : public File {
 public:
  PosixFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~PosixFile() override { ::close(fd_); }
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;

  Result<size_t> read_at(uint64_t offset, char* buffer, size_t size) const override {
    size_t done = 0;
    while (done < size) {
      ssize_t n = ::pread(fd_, buffer + done, size - done, static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return errno_error("read", path_);
      if (n == 0) break;
      done += static_cast<size_t>(n);
    }
    return done;
  }

  Status write_at(uint64_t offset, std::string_view bytes) override {
    size_t done = 0;
    while (done < bytes.size()) {
      ssize_t n = ::pwrite(fd_, bytes.data() + done, bytes.size() - done,
                           static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return errno_error("write", path_);
      done += static_cast<size_t>(n);
    }
    return Ok{};
  }

  Status sync() override {
    return ::fdatasync(fd_) == 0 ? Status() : Status(errno_error("sync", path_));
  }
  Status truncate(uint64_t size) override {
    return ::ftruncate(fd_, static_cast<off_t>(size)) == 0 ? Status()
                                                           : Status(errno_error("truncate", path_));
  }
  Status preallocate(uint64_t size) override {
    errno = ::posix_fallocate(fd_, 0, static_cast<off_t>(size));
    return errno == 0 ? Status() : Status(errno_error("reserve room for", path_));
  }
  Result<uint64_t> size() const override {
    struct stat info {};
    if (::fstat(fd_, &info) != 0) return errno_error("stat", path_);
    return static_cast<uint64_t>(info.st_size);
  }

  int fd() const { return fd_; }

 private:
  int fd_;
  std::string path_;
};

int open_flags(OpenMode mode) {
  switch (mode) {
    case OpenMode::read_only:
      return O_RDONLY;
    case OpenMode::read_write:
      return O_RDWR;
    case OpenMode::create_new:
      return O_RDWR | O_CREAT | O_EXCL;
  }
  return O_RDONLY;
}

class PosixFs final : public Fs {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
    int fd = ::open(path.c_str(), open_flags(mode) | O_CLOEXEC, 0640);
    if (fd < 0) return errno_error(mode == OpenMode::create_new ? "create" : "open", path);
    return std::unique_ptr<File>(std::make_unique<PosixFile>(fd, path));
  }

  Result<bool> exists(const std::string& path) override {
    struct stat info {};
    if (::stat(path.c_str(), &info) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return errno_error("stat", path);
  }

  Status rename(const std::string& from, const std::string& to) override {
    return ::rename(from.c_str(), to.c_str()) == 0 ? Status() : Status(errno_error("rename", from));
  }
  Status remove_file(const std::string& path) override {
    return ::unlink(path.c_str()) == 0 ? Status() : Status(errno_error("remove", path));
  }
  Status remove_dir(const std::string& path) override {
    return ::rmdir(path.c_str()) == 0 ? Status() : Status(errno_error("remove", path));
  }

  Status create_dirs(const std::string& path) override {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    errno = error.value();
    return error ? Status(errno_error("create directory", path)) : Status();
  }

  Result<std::vector<std::string>> list_dir(const std::string& path) override {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator at(path, error), end; !error && at != end;
         at.increment(error)) {
      names.push_back(at->path().filename().string());
    }
    errno = error.value();
    if (error) return errno_error("list", path);
    std::sort(names.begin(), names.end());
    return names;
  }

  Status sync_dir(const std::string& path) override {
    int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return errno_error("open", path);
    PosixFile dir(fd, path);
    return ::fsync(fd) == 0 ? Status() : Status(errno_error("sync", path));
  }

  Result<uint64_t> free_bytes(const std::string& path) override {
    struct statvfs info {};
    if (::statvfs(path.c_str(), &info) != 0) return errno_error("stat", path);
    return static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
  }

  Result<std::unique_ptr<File>> lock(const std::string& path) override {
    int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    // What only reads (leat log verify) can do so where nobody can write.
    if (fd < 0 && errno == EROFS) fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno_error("open", path);
    auto file = std::make_unique<PosixFile>(fd, path);
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) {
      write_holder(fd);
      return std::unique_ptr<File>(std::move(file));
    }
    if (errno != EWOULDBLOCK) return errno_error("lock", path);
    return Error::permanent(path + std::string(kLocked) + read_holder(fd));
  }
};

}  // namespace

bool is_lock_error(const Error& error) {
  return error.message().find(kLocked) != std::string::npos;
}

Fs& Fs::posix() {
  static PosixFs fs;
  return fs;
}

Result<std::string> read_file(Fs& fs, const std::string& path, uint64_t bytes_max) {
  LEAT_ASSIGN_OR_RETURN(auto file, fs.open(path, OpenMode::read_only));
  LEAT_ASSIGN_OR_RETURN(uint64_t size, file->size());
  if (size > bytes_max) {
    return Error::permanent(path + " has " + std::to_string(size) + " bytes, more than the " +
                            std::to_string(bytes_max) + " expected of such a file");
  }
  std::string bytes(size, '\0');
  LEAT_ASSIGN_OR_RETURN(size_t read, file->read_at(0, bytes.data(), size));
  bytes.resize(read);
  return bytes;
}

}  // namespace leat
