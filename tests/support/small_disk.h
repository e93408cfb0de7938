// A file system of its own, to be filled to the last block. Only root may make one.
#pragma once

#include <cstdint>
#include <string>

namespace leat::test {

// A tmpfs at DIR while this lives.
class SmallDisk {
 public:
  SmallDisk(std::string dir, const std::string& size);  // SIZE: "160m"
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }

  // Takes all the room there is, but for BYTES_LEFT.
  void fill(uint64_t bytes_left);
  void make_room();  // as it was before that
  uint64_t free_bytes() const;

 private:
  std::string filler() const { return dir_ + "/filler"; }

  std::string dir_;
  bool mounted_ = false;
};

}  // namespace leat::test
