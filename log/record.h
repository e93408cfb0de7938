// Records on their way into the log and out of it.
#pragma once

#include <cstdint>
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

  // Calls f(RecordView) for each record in order; the offsets are 0, 1, 2 …
  template <class F>
  void for_each(F&& f) const;

 private:
  std::string arena_;  // per record: see record.cc
  size_t count_ = 0;
};

}  // namespace leat::log
