// Reads a segment file from its first byte on, and past damage where the batches behind it can
// still be told apart: for tools. Readers that must not miss anything stop at the first error
// (PartitionCursor).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "log/base/fs.h"
#include "log/base/status.h"
#include "log/batch.h"

namespace leat::log {

// One thread; FILE must outlive it.
class SegmentScan {
 public:
  // Of the first BYTES of the file.
  SegmentScan(const File& file, uint64_t bytes) : file_(file), bytes_(bytes) {}

  // The next batch, checked as parse_batch does; null at the end. It lives until the next call. A
  // permanent error says what is wrong with the bytes at position(); skip() may go behind them.
  Result<const BatchView*> next();
  // Goes behind the batch that does not verify, by the size that it states; false where that cannot
  // be (and what follows cannot be told apart).
  Result<bool> skip();

  // Of the batch that next() gave, or could not give.
  uint64_t position() const { return position_; }
  uint64_t next_position() const { return next_; }

 private:
  static constexpr size_t kReadBytes = 1 << 20;

  // SIZE bytes at next_, or fewer at the end.
  Result<std::string_view> read(uint64_t size);

  const File& file_;
  const uint64_t bytes_;
  uint64_t position_ = 0;
  uint64_t next_ = 0;
  std::string buffer_;
  uint64_t buffer_at_ = 0;
  BatchView batch_;
};

}  // namespace leat::log
