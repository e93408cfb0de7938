// Choices and bytes out of a fuzzer's input.
#pragma once

#include <cstdint>
#include <string_view>

#include "log/model/type.h"

namespace leat::fuzz {

class Input {
 public:
  Input(const uint8_t* data, size_t size) : bytes_(reinterpret_cast<const char*>(data), size) {}

  uint8_t byte() {
    if (bytes_.empty()) return 0;
    auto out = static_cast<uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return out;
  }
  TypeId type() {
    constexpr auto kCount = static_cast<uint8_t>(TypeId::jsonb);
    return static_cast<TypeId>(byte() % kCount + 1);
  }
  // At most as many bytes as the next one says.
  std::string_view piece() {
    size_t size = byte();
    std::string_view out = bytes_.substr(0, size);
    bytes_.remove_prefix(out.size());
    return out;
  }
  bool empty() const { return bytes_.empty(); }
  std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
};

}  // namespace leat::fuzz
