// The changes of one transaction, in order: in memory, or in memory after a file.
//
// They are kept in chunks of about kChunkBytes. A chunk is what is written to the file, what is
// read back, and what the completion works on at a time, so that a transaction of any size is
// worked off in bounded memory.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cdc/pending_change.h"
#include "log/base/fs.h"
#include "log/base/status.h"

namespace leat::cdc {

// Used chunks, kept for the next transaction: most are small and many.
class ChunkPool {
 public:
  std::string take();
  void give_back(std::string chunk);

 private:
  static constexpr size_t kChunksMax = 16;
  std::vector<std::string> free_;
};

class ChangeSpool {
 public:
  static constexpr size_t kChunkBytes = 512 << 10;

  explicit ChangeSpool(ChunkPool* pool) : pool_(pool) {}
  ~ChangeSpool();  // removes the file
  ChangeSpool(ChangeSpool&&) noexcept = default;
  ChangeSpool& operator=(ChangeSpool&&) = delete;

  void append(const PendingChange& change);

  // Bytes that the chunks in memory hold.
  size_t memory_bytes() const { return memory_bytes_; }
  bool spilled() const { return !spilled_chunks_.empty(); }

  // Moves what is in memory to the end of the file at PATH, made by the first call.
  Status spill(Fs& fs, const std::string& path);

  // Calls VISIT with each chunk's bytes in order (see next_pending_change), until it fails. They
  // live until VISIT returns.
  Status for_each_chunk(const std::function<Status(std::string_view)>& visit) const;

 private:
  struct SpillFile {
    Fs* fs;
    std::string path;
    std::unique_ptr<File> file;
    uint64_t size = 0;
  };

  ChunkPool* pool_;
  std::vector<std::string> chunks_;
  size_t memory_bytes_ = 0;
  std::unique_ptr<SpillFile> file_;
  std::vector<size_t> spilled_chunks_;  // their sizes, in the file's order
};

}  // namespace leat::cdc
