#include "cdc/mysql/binlog/event_mark.h"

#include "cdc/mysql/binlog/event_decoder.h"
#include "log/base/hash.h"

namespace leat::cdc::mysql {
namespace {

constexpr size_t kTimeAndKindBytes = 9;  // of a header: timestamp, type, the server's id
constexpr size_t kBytesMax = 256;

}  // namespace

EventMark mark_event(std::string_view file, uint64_t offset, std::string_view bytes) {
  bool describes = decode_event_header(bytes).type == EventType::format_description;
  size_t size = describes ? kTimeAndKindBytes : kBytesMax;
  return {std::string(file), offset, crc32c(bytes.substr(0, size))};
}

}  // namespace leat::cdc::mysql
