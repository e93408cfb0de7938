// Records on their way into the log and out of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "log/base/ids.h"

namespace leat::log {

// A record as read: views into the reader's buffer.
struct RecordView {
  Offset offset;
  int64_t timestamp_ms = 0;
  std::string_view key;
  std::optional<std::string_view> value;  // none: a tombstone
  std::string_view change_header;         // the value of the header "leat" (model/change.h)
};

// Records for one partition, in order, in one arena. Cheap to move.
class RecordBuffer {
 public:
  void add(int64_t timestamp_ms, std::string_view key, std::optional<std::string_view> value,
           std::string_view change_header);

  size_t count() const { return count_; }
  size_t bytes() const { return arena_.size(); }
  bool empty() const { return count_ == 0; }
  void clear();
  int64_t timestamp_ms_first() const {  // it is not empty
    int64_t first;
    std::memcpy(&first, arena_.data() + offsetof(Sizes, timestamp_ms), sizeof first);
    return first;
  }

  // Takes back what was added since a mark.
  struct Mark {
    size_t bytes = 0;
    size_t count = 0;
  };
  Mark mark() const { return {arena_.size(), count_}; }
  void rewind(Mark to) {
    arena_.resize(to.bytes);
    count_ = to.count;
  }

  // Takes what was added since a mark out of here.
  RecordBuffer split_off(Mark from) {
    RecordBuffer rest;
    rest.arena_ = arena_.substr(from.bytes);
    rest.count_ = count_ - from.count;
    rewind(from);
    return rest;
  }

  // Calls f(RecordView) for each record in order; the offsets are 0, 1, 2 … The views live until
  // the next add or clear.
  template <class F>
  void for_each(F&& f) const {
    const char* at = arena_.data();
    for (size_t i = 0; i < count_; ++i) {
      RecordView view;
      at = read(at, &view);
      view.offset = Offset(static_cast<int64_t>(i));
      f(static_cast<const RecordView&>(view));
    }
  }

 private:
  // Stands before each record's key, value and header bytes in the arena.
  struct Sizes {
    int64_t timestamp_ms;
    uint32_t key;
    uint32_t value;  // kNoValue: a tombstone
    uint32_t header;
  };
  static constexpr uint32_t kNoValue = UINT32_MAX;

  static const char* read(const char* at, RecordView* view) {
    Sizes sizes;
    std::memcpy(&sizes, at, sizeof sizes);
    at += sizeof sizes;
    view->timestamp_ms = sizes.timestamp_ms;
    view->key = {at, sizes.key};
    at += sizes.key;
    if (sizes.value != kNoValue) {
      view->value = std::string_view(at, sizes.value);
      at += sizes.value;
    }
    view->change_header = {at, sizes.header};
    return at + sizes.header;
  }

  std::string arena_;
  size_t count_ = 0;
};

}  // namespace leat::log
