#include "cdc/mysql/binlog/fragment_joiner.h"

#include <spdlog/fmt/fmt.h>

#include "cdc/mysql/binlog/event_decoder.h"

namespace leat::cdc::mysql {

void FragmentJoiner::clear() {
  next_ = 1;
}

Result<std::optional<std::string_view>> FragmentJoiner::add(const RowsFragment& fragment) {
  if (next_ == 1) {
    bytes_.clear();
    count_ = fragment.count;
    bytes_total_ = fragment.bytes_total;
  }
  if (fragment.number != next_ || fragment.count != count_ || fragment.number > count_) {
    return Error::permanent(
        fmt::format("piece {} of {} of a rows event came where piece {} of {} "
                    "was due",
                    fragment.number, fragment.count, next_, count_));
  }
  if (bytes_.size() + fragment.bytes.size() > kEventBytesMax) {
    return Error::permanent(
        fmt::format("a rows event in pieces has more than {} bytes", kEventBytesMax));
  }
  bytes_.append(fragment.bytes);
  ++next_;
  if (next_ <= count_) return std::optional<std::string_view>();
  clear();
  if (bytes_total_ && *bytes_total_ != bytes_.size()) {
    return Error::permanent(
        fmt::format("a rows event in pieces says that it has {} bytes, and its "
                    "pieces have {}",
                    *bytes_total_, bytes_.size()));
  }
  return std::optional<std::string_view>(bytes_);
}

}  // namespace leat::cdc::mysql
