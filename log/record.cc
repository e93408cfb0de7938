#include "log/record.h"

#include "log/base/check.h"

namespace leat::log {

void RecordBuffer::add(int64_t timestamp_ms, std::string_view key,
                       std::optional<std::string_view> value, std::string_view change_header) {
  LEAT_CHECK(key.size() < kNoValue && change_header.size() < kNoValue);
  LEAT_CHECK(!value || value->size() < kNoValue);
  Sizes sizes{.timestamp_ms = timestamp_ms,
              .key = static_cast<uint32_t>(key.size()),
              .value = value ? static_cast<uint32_t>(value->size()) : kNoValue,
              .header = static_cast<uint32_t>(change_header.size())};
  arena_.append(reinterpret_cast<const char*>(&sizes), sizeof sizes);
  arena_.append(key);
  if (value) arena_.append(*value);
  arena_.append(change_header);
  ++count_;
}

void RecordBuffer::clear() {
  arena_.clear();
  count_ = 0;
}

}  // namespace leat::log
