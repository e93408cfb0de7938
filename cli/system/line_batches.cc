#include "cli/system/line_batches.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace leat::cli {
namespace {

constexpr size_t kReadBytes = 256 << 10;
constexpr int kMomentMs = 50;
constexpr int kSoonMs = 1000;

}  // namespace

Result<std::string> LineBatches::next() {
  while (!ended_ && rest_.size() < batch_bytes_) {
    bool has_line = rest_.find('\n') != std::string::npos;
    if (has_line && !more_comes_within(kMomentMs)) break;
    LEAT_RETURN_IF_ERROR(read_some());
  }
  for (;;) {
    LEAT_ASSIGN_OR_RETURN(size_t size, whole_lines());
    if (size == 0 && !ended_) {
      LEAT_RETURN_IF_ERROR(read_some());
      continue;
    }
    std::string batch = rest_.substr(0, size);
    rest_.erase(0, size);
    return batch;
  }
}

// How many bytes of what was read are the next batch; 0: not even one line.
Result<size_t> LineBatches::whole_lines() const {
  size_t last = std::min(rest_.size(), batch_bytes_);
  size_t end = last == 0 ? std::string::npos : rest_.rfind('\n', last - 1);
  if (end == std::string::npos) end = rest_.find('\n', last);
  size_t size = end != std::string::npos ? end + 1 : ended_ ? rest_.size() : 0;
  size_t first_line = std::min(rest_.find('\n'), rest_.size());
  if (first_line <= line_bytes_max_) return size;
  return Error::permanent("the line is longer than " + std::to_string(line_bytes_max_ >> 20) +
                          " MB");
}

bool LineBatches::has_more_soon() const {
  return ended_ || rest_.find('\n') != std::string::npos || more_comes_within(kSoonMs);
}

bool LineBatches::more_comes_within(int ms) const {
  pollfd waited{fd_, POLLIN, 0};
  return ::poll(&waited, 1, ms) != 0;
}

Status LineBatches::read_some() {
  size_t had = rest_.size();
  rest_.resize(had + kReadBytes);
  ssize_t got = 0;
  do {
    got = ::read(fd_, rest_.data() + had, kReadBytes);
  } while (got < 0 && errno == EINTR);
  int error = errno;
  rest_.resize(had + static_cast<size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0) return Error::permanent(std::string("reading it: ") + std::strerror(error));
  ended_ = got == 0;
  return {};
}

}  // namespace leat::cli
