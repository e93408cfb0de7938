#include "log/partition_cursor.h"

#include <algorithm>

#include "log/segment_indexer.h"

namespace leat::log {

Result<const BatchView*> PartitionCursor::peek() {
  while (true) {
    if (!batch_) {
      LEAT_ASSIGN_OR_RETURN(bool more, enter_segment());
      if (!more) return static_cast<const BatchView*>(nullptr);
      Status loaded = load_batch();
      if (!loaded.ok() && (was_removed() || was_misled())) continue;
      if (!loaded.ok() && !loaded.error().is_transient()) {
        partition_->note_damage(loaded.error().message());
      }
      LEAT_RETURN_IF_ERROR(loaded);
    }
    if (batch_->end > at_.offset) return &*batch_;
    step_over();
  }
}

void PartitionCursor::pop() {
  at_.offset = std::max(at_.offset, batch_->end);
  step_over();
}

void PartitionCursor::step_over() {
  at_.position += batch_->bytes.size();
  at_.batch_base = batch_->end;
  batch_.reset();
}

void PartitionCursor::rewind(const Mark& mark) {
  if (mark.segment != at_.segment) block_size_ = 0;  // the block is of another file
  at_ = mark;
  batch_.reset();
}

Result<bool> PartitionCursor::enter_segment() {
  if (at_.in_segment && at_.position == at_.segment_bytes) leave_or_extend();
  if (at_.in_segment && at_.position < at_.segment_bytes) return true;
  if (auto around = partition_->segment_around(at_.offset)) {
    load_index(*partition_, segments_, *around);
  }
  auto place = partition_->find(at_.offset);
  if (!place) return false;
  std::string damage = partition_->damage();
  if (!damage.empty()) return Error::permanent(partition_->name() + " is quarantined: " + damage);
  at_.in_segment = true;
  at_.segment = place->segment;
  at_.segment_end = place->segment_end;
  at_.segment_bytes = place->segment_bytes;
  at_.position = place->position;
  at_.batch_base = place->batch_base;
  by_index_ = place->position > 0;
  block_size_ = 0;
  return true;
}

// At the end of the segment as it was seen. It may have grown. If not, nothing of it is left, up to
// its end: a rewritten one may end with a hole, which would else be found again and again.
void PartitionCursor::leave_or_extend() {
  auto now = partition_->segment(at_.segment);
  if (now && now->bytes > at_.segment_bytes) {
    at_.segment_bytes = now->bytes;
    at_.segment_end = now->end;
    return;
  }
  at_.offset = std::max(at_.offset, at_.segment_end);
}

Status PartitionCursor::load_batch() {
  LEAT_RETURN_IF_ERROR(read(kBatchHeaderBytes));
  auto size = batch_size(buffered());
  if (!size.ok()) return at_place(size.error());
  if (*size > at_.segment_bytes - at_.position) {
    return at_place(Error::permanent("a record batch reaches beyond the committed end"));
  }
  LEAT_RETURN_IF_ERROR(read(*size));
  auto batch = parse_batch(buffered().substr(0, *size));
  if (!batch.ok()) return at_place(batch.error());
  if (batch->base != at_.batch_base) {
    return at_place(Error::permanent("a record batch begins with offset " +
                                     std::to_string(batch->base.value()) + " instead of " +
                                     std::to_string(at_.batch_base.value())));
  }
  batch_ = std::move(*batch);
  partition_->note_batch(at_.segment, *batch_, at_.position);
  by_index_ = false;
  return Ok{};
}

// The segment was rewritten, and its file is perhaps gone: what the cursor still wants of it stands
// in another one.
bool PartitionCursor::was_removed() {
  if (partition_->segment(at_.segment)) return false;
  at_.in_segment = false;
  block_size_ = 0;
  return true;
}

// Where an index says that a batch begins there is none: without it the way goes from the start.
bool PartitionCursor::was_misled() {
  if (!by_index_) return false;
  partition_->forget_index(at_.segment);
  by_index_ = false;
  at_.in_segment = false;
  block_size_ = 0;
  return true;
}

std::string_view PartitionCursor::buffered() const {
  uint64_t skip = at_.position - block_position_;
  if (at_.position < block_position_ || skip >= block_size_) return {};
  return std::string_view(block_.get(), block_size_).substr(skip);
}

Status PartitionCursor::read(size_t bytes_wanted) {
  if (buffered().size() >= bytes_wanted) return Ok{};
  size_t size = std::max(bytes_wanted, read_bytes_);
  size = std::min<uint64_t>(size, at_.segment_bytes - at_.position);
  LEAT_ASSIGN_OR_RETURN(auto file, segments_.open(*partition_, at_.segment));
  block_ = Block(new char[size]);  // not zeroed
  block_position_ = at_.position;
  LEAT_ASSIGN_OR_RETURN(block_size_, file->read_at(at_.position, block_.get(), size));
  if (block_size_ >= bytes_wanted) return Ok{};
  return at_place(Error::permanent("the file is shorter than what was committed"));
}

Error PartitionCursor::at_place(const Error& error) const {
  return error.in(partition_->name() + ", generation " +
                  std::to_string(partition_->id().generation.value()) + ", segment " +
                  segment_file_name(at_.segment) + ", byte " + std::to_string(at_.position));
}

}  // namespace leat::log
