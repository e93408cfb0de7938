// A bump allocator for bytes that live and die together. What it returns stays put until clear().
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace leat {

class Arena {
 public:
  // SIZE uninitialised bytes.
  char* allocate(size_t size) {
    if (size > left_) grow(size);
    char* out = at_;
    at_ += size;
    left_ -= size;
    used_ += size;
    return out;
  }

  std::string_view copy(std::string_view bytes) {
    if (bytes.empty()) return {};
    char* to = allocate(bytes.size());
    std::memcpy(to, bytes.data(), bytes.size());
    return {to, bytes.size()};
  }

  // Bytes handed out since the last clear().
  size_t used() const { return used_; }

  // Forgets everything; keeps one block for reuse.
  void clear() {
    if (blocks_.size() > 1) blocks_.erase(blocks_.begin(), blocks_.end() - 1);
    at_ = blocks_.empty() ? nullptr : blocks_.back().bytes.get();
    left_ = blocks_.empty() ? 0 : blocks_.back().size;
    used_ = 0;
  }

 private:
  static constexpr size_t kFirstBlockBytes = 4096;
  static constexpr size_t kBlockBytesMax = 1 << 20;

  struct Block {
    std::unique_ptr<char[]> bytes;
    size_t size;
  };

  void grow(size_t size) {
    size_t last = blocks_.empty() ? kFirstBlockBytes / 2 : blocks_.back().size;
    size_t block = std::max(size, std::min(last * 2, kBlockBytesMax));
    blocks_.push_back({std::unique_ptr<char[]>(new char[block]), block});
    at_ = blocks_.back().bytes.get();
    left_ = block;
  }

  std::vector<Block> blocks_;
  char* at_ = nullptr;
  size_t left_ = 0;
  size_t used_ = 0;
};

}  // namespace leat
