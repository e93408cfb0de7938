// A file system over another one that is only read: what is written, made, moved or removed stays
// in memory and goes with it. So code that would change files can be asked what it would make of
// them.
//
//   open, write, rename …  ─▶  OverlayFs  ─▶ blocks in memory
//                                  └─ read ─▶ the base, where no block covers it
//
// One thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "log/base/fs.h"

namespace leat {

class OverlayFs final : public Fs {
 public:
  // BASE must outlive it.
  explicit OverlayFs(Fs& base) : base_(base) {}

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<bool> exists(const std::string& path) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove_file(const std::string& path) override;
  Status remove_dir(const std::string& path) override;
  Status create_dirs(const std::string& path) override;
  Result<std::vector<std::string>> list_dir(const std::string& path) override;
  Status sync_dir(const std::string& path) override;
  Result<uint64_t> free_bytes(const std::string& path) override;
  // The base's lock, where the file is there; a lock that nobody could hold is made up.
  Result<std::unique_ptr<File>> lock(const std::string& path) override;

  // Files of the base that were removed or replaced here, sorted.
  std::vector<std::string> removed() const { return {gone_.begin(), gone_.end()}; }

 private:
  class Node;
  class OverlayFile;

  Result<std::shared_ptr<Node>> node_of(const std::string& path);
  void hide(const std::string& path);

  Fs& base_;
  std::map<std::string, std::shared_ptr<Node>> nodes_;  // changed or made here
  std::set<std::string> dirs_;                          // made here
  std::set<std::string> gone_;                          // of the base
};

}  // namespace leat
