// Where in the server's files the stream is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cdc/mysql/binlog/event.h"

namespace leat::cdc::mysql {

struct FilePlace {
  std::string file;
  uint64_t offset = 0;

  // An event was read whole. Headers hold the lowest 32 bits of where it ends.
  void pass(const EventHeader& header) {
    if (header.artificial() || header.end_position == 0) return;
    constexpr uint64_t kLow = 0xFFFF'FFFF;
    uint64_t end = (offset & ~kLow) | header.end_position;
    bool describes = header.type == EventType::format_description;
    if (end < offset && describes) return;  // sent again, ahead of the place that was asked for
    offset = end < offset ? end + kLow + 1 : end;
  }
  void go_to(std::string_view to_file, uint64_t to_offset) {
    file = to_file;
    offset = to_offset;
  }

  // Files are numbered, and their names grow when the digits are used up.
  bool is_at_or_behind(const FilePlace& other) const {
    if (file.size() != other.file.size()) return file.size() > other.file.size();
    if (file != other.file) return file > other.file;
    return offset >= other.offset;
  }
};

}  // namespace leat::cdc::mysql
