#include "tests/support/small_disk.h"

#include <sys/mount.h>

#include <filesystem>
#include <fstream>
#include <utility>

namespace leat::test {

SmallDisk::SmallDisk(std::string dir, const std::string& size) : dir_(std::move(dir)) {
  std::filesystem::create_directories(dir_);
  mounted_ = ::mount("tmpfs", dir_.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
}

SmallDisk::~SmallDisk() {
  if (mounted_) ::umount2(dir_.c_str(), MNT_DETACH);
}

void SmallDisk::fill(uint64_t bytes_left) {
  std::ofstream file(filler(), std::ios::binary | std::ios::app);
  const std::string block(4096, 'x');
  while (free_bytes() > bytes_left && file.write(block.data(), 4096).flush()) {
  }
}

void SmallDisk::make_room() {
  std::filesystem::remove(filler());
}

uint64_t SmallDisk::free_bytes() const {
  return std::filesystem::space(dir_).available;
}

}  // namespace leat::test
