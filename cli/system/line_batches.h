// Whole lines of a file or a pipe, many at a time, however long the whole is.
#pragma once

#include <cstddef>
#include <string>

#include "log/base/status.h"

namespace leat::cli {

// One thread; does not own FD.
class LineBatches {
 public:
  // A batch has about BATCH_BYTES, or one line of at most LINE_BYTES_MAX.
  LineBatches(int fd, size_t batch_bytes, size_t line_bytes_max)
      : fd_(fd), batch_bytes_(batch_bytes), line_bytes_max_(line_bytes_max) {}

  // The next lines, each with its line end (but for a last one that has none); fewer than a batch
  // where nothing more comes for a moment, so that who writes slowly does not wait. Empty at the
  // end. Errors: what the system says, or a line that is too long.
  Result<std::string> next();
  // Whether next() has something at once, or within a second.
  bool has_more_soon() const;

 private:
  Result<size_t> whole_lines() const;
  bool more_comes_within(int ms) const;
  Status read_some();

  const int fd_;
  const size_t batch_bytes_;
  const size_t line_bytes_max_;
  std::string rest_;
  bool ended_ = false;
};

}  // namespace leat::cli
