// Everything that Leat's own formats do to files goes through here, so that a crash is a unit test:
// tests run the same code over a file system that forgets what was not synced.
//
// The durability contract is POSIX's, spelled out: bytes written are durable after File::sync();
// a created, renamed or removed name is durable after sync_dir() on its directory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/status.h"

namespace leat {

// An open file. Reads may come from any thread, also while one thread writes elsewhere in the file;
// writes, truncate and sync come from one thread at a time.
class File {
 public:
  virtual ~File() = default;  // closes

  // Reads up to SIZE bytes at OFFSET into BUFFER; fewer only at the end of the file.
  virtual Result<size_t> read_at(uint64_t offset, char* buffer, size_t size) const = 0;
  // Writes all of BYTES at OFFSET, growing the file where needed. On an error any prefix may be
  // there.
  virtual Status write_at(uint64_t offset, std::string_view bytes) = 0;
  // fdatasync. After an error the file's contents are unknown and a second try would lie: the
  // caller must stop using the file (the log ends the process).
  virtual Status sync() = 0;
  virtual Status truncate(uint64_t size) = 0;
  // Reserves room up to SIZE bytes and makes the file that long; what was not written reads as
  // zeros.
  virtual Status preallocate(uint64_t size) = 0;
  virtual Result<uint64_t> size() const = 0;
};

enum class OpenMode : unsigned char {
  read_only,
  read_write,
  create_new,  // read and write; fails where the file exists
};

class Fs {
 public:
  virtual ~Fs() = default;

  virtual Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) = 0;
  virtual Result<bool> exists(const std::string& path) = 0;
  // Replaces TO where it exists, at once.
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual Status remove_file(const std::string& path) = 0;
  // Removes an empty directory.
  virtual Status remove_dir(const std::string& path) = 0;
  // Creates PATH and what is missing above it. Good where it exists already.
  virtual Status create_dirs(const std::string& path) = 0;
  // The names in a directory, sorted, without "." and "..".
  virtual Result<std::vector<std::string>> list_dir(const std::string& path) = 0;
  virtual Status sync_dir(const std::string& path) = 0;
  virtual Result<uint64_t> free_bytes(const std::string& path) = 0;
  // Takes an exclusive lock on the file PATH (made where missing), held until the handle goes.
  // A lock held by another process is a permanent error that names the path.
  virtual Result<std::unique_ptr<File>> lock(const std::string& path) = 0;

  // The real one; lives as long as the process. Any thread.
  static Fs& posix();
};

// Reads a whole file of at most BYTES_MAX bytes.
Result<std::string> read_file(Fs& fs, const std::string& path, uint64_t bytes_max);

}  // namespace leat
