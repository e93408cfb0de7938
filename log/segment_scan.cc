#include "log/segment_scan.h"

#include <algorithm>

namespace leat::log {

Result<std::string_view> SegmentScan::read(uint64_t size) {
  size = std::min(size, bytes_ - next_);
  uint64_t skip = next_ - buffer_at_;
  bool has = next_ >= buffer_at_ && skip + size <= buffer_.size();
  if (!has) {
    buffer_.resize(std::min<uint64_t>(std::max<uint64_t>(size, kReadBytes), bytes_ - next_));
    buffer_at_ = next_;
    skip = 0;
    LEAT_ASSIGN_OR_RETURN(size_t got, file_.read_at(next_, buffer_.data(), buffer_.size()));
    buffer_.resize(got);
  }
  return std::string_view(buffer_).substr(skip, size);
}

Result<const BatchView*> SegmentScan::next() {
  position_ = next_;
  if (next_ == bytes_) return static_cast<const BatchView*>(nullptr);
  LEAT_ASSIGN_OR_RETURN(std::string_view header, read(kBatchHeaderBytes));
  if (header.size() < kBatchHeaderBytes) {
    return Error::permanent("the file ends inside a record batch");
  }
  LEAT_ASSIGN_OR_RETURN(uint64_t size, batch_size(header));
  if (size > bytes_ - next_) {
    return Error::permanent("a record batch reaches beyond the committed end");
  }
  LEAT_ASSIGN_OR_RETURN(std::string_view bytes, read(size));
  if (bytes.size() < size) return Error::permanent("the file is shorter than what was committed");
  LEAT_ASSIGN_OR_RETURN(batch_, parse_batch(bytes));
  next_ += size;
  return static_cast<const BatchView*>(&batch_);
}

Result<bool> SegmentScan::skip() {
  LEAT_ASSIGN_OR_RETURN(std::string_view header, read(kBatchHeaderBytes));
  if (header.size() < kBatchHeaderBytes) return false;
  auto size = batch_size(header);
  if (!size.ok() || *size > bytes_ - next_) return false;
  next_ += *size;
  return true;
}

}  // namespace leat::log
