// Walks the batches of one partition in order, in large reads. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "log/batch.h"
#include "log/partition.h"
#include "log/segment_store.h"

namespace leat::log {

class PartitionCursor {
 public:
  PartitionCursor(std::shared_ptr<Partition> partition, SegmentStore& segments, Offset from)
      : partition_(std::move(partition)), segments_(segments) {
    at_.offset = from;
  }

  // How much to read at once.
  void set_read_bytes(size_t bytes) { read_bytes_ = bytes; }

  // The batch that holds the first record at or after offset(), checked; null at the committed end.
  // It may be of a cut that is not published yet. An error is permanent and names the place.
  Result<const BatchView*> peek();
  // The block that the peeked batch's records are in.
  const Block& block() const { return batch_->unpacked ? batch_->unpacked : block_; }
  // Moves behind the peeked batch.
  void pop();
  // rewind() goes back to where the cursor stood at the mark().
  struct Mark {
    Offset offset;
    bool in_segment = false;
    SegmentName segment;
    Offset segment_end;
    uint64_t segment_bytes = 0;
    uint64_t position = 0;
    Offset batch_base;  // that the batch at position must have: its own is not in its checksum
  };
  Mark mark() const { return at_; }
  void rewind(const Mark& mark);

  Offset offset() const { return at_.offset; }
  const Partition& partition() const { return *partition_; }
  // That the peeked batch is in.
  const SegmentName& segment() const { return at_.segment; }

 private:
  static constexpr size_t kReadBytesDefault = 256 << 10;

  // Makes the bytes from at_.position on, as far as wanted and committed, stand in block_.
  Status read(size_t bytes_wanted);
  std::string_view buffered() const;
  // Finds the segment for the offset; false at the end.
  Result<bool> enter_segment();
  void leave_or_extend();
  bool was_removed();
  bool was_misled();
  Status load_batch();
  void step_over();
  Error at_place(const Error& error) const;

  const std::shared_ptr<Partition> partition_;
  SegmentStore& segments_;
  size_t read_bytes_ = kReadBytesDefault;

  Mark at_;  // the segment, its committed bytes as last seen, and the next batch in it
  Block block_;
  uint64_t block_position_ = 0;
  size_t block_size_ = 0;
  std::optional<BatchView> batch_;  // at at_.position
  bool by_index_ = false;           // so was the place found, and nothing was read there yet
};

}  // namespace leat::log
