#include "log/index_check.h"

#include <utility>

namespace leat::log {

IndexCheck::IndexCheck(LogImage& image, const Partition& partition, const SegmentState& segment)
    : builder_(segment.base) {
  auto there = image.has_index(partition, segment);
  if (!there.ok() || !*there) return;
  auto index = image.read_index(partition, segment);
  if (index.ok()) {
    index_ = std::move(*index);
  } else {
    outcome_ = {Outcome::Kind::unfinished, index.error().message()};
  }
}

void IndexCheck::add(const BatchView& batch) {
  if (!index_ || bytes_ >= index_->bytes) return;
  bytes_ += batch.bytes.size();
  builder_.add(batch);
}

IndexCheck::Outcome IndexCheck::finish() && {
  if (!index_) return std::move(outcome_);
  SegmentIndex expected = std::move(builder_).finish();
  if (expected == *index_) return {Outcome::Kind::right, ""};
  std::string what = "it verifies, but is not the index of its segment";
  if (expected.bytes != index_->bytes) what += ": it ends inside a record batch";
  return {Outcome::Kind::wrong, std::move(what)};
}

}  // namespace leat::log
