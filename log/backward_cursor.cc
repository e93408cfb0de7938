#include "log/backward_cursor.h"

#include <algorithm>

#include "log/segment_indexer.h"

namespace leat::log {

Result<const BackwardCursor::Found*> BackwardCursor::peek() {
  if (found_.empty()) LEAT_RETURN_IF_ERROR(find_before_end());
  return found_.empty() ? nullptr : &found_.back();
}

void BackwardCursor::pop() {
  end_ = found_.back().batch.base;
  found_.pop_back();
}

Status BackwardCursor::find_before_end() {
  size_t bytes = 0;
  if (auto around = partition_->segment_around(end_)) {
    load_index(*partition_, segments_, *around);
  }
  while (auto place = partition_->find_before(end_)) {
    PartitionCursor cursor(partition_, segments_, place->batch_base);
    while (true) {
      LEAT_ASSIGN_OR_RETURN(const BatchView* batch, cursor.peek());
      if (batch == nullptr || batch->base >= end_) break;
      found_.push_back({*batch, cursor.block()});
      bytes += batch->plain_bytes();
      cursor.pop();
      // What is dropped is found again, nearer, through the index that this walk has made.
      if (bytes < 2 * kKeptBytesMax) continue;
      size_t dropped = 0;
      for (; bytes > kKeptBytesMax && dropped + 1 < found_.size(); ++dropped) {
        bytes -= found_[dropped].batch.plain_bytes();
      }
      found_.erase(found_.begin(), found_.begin() + static_cast<ptrdiff_t>(dropped));
    }
    if (!found_.empty()) return Ok{};
    end_ = place->segment.base;  // nothing of it is left below the end
  }
  return Ok{};
}

Status append_records_backwards(const BatchView& batch, Offset end, std::vector<RecordView>* out) {
  auto first = static_cast<ptrdiff_t>(out->size());
  LEAT_RETURN_IF_ERROR(append_records(batch, batch.base, out));
  while (std::ssize(*out) > first && out->back().offset >= end) out->pop_back();
  std::reverse(out->begin() + first, out->end());
  return Ok{};
}

}  // namespace leat::log
