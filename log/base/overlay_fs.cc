#include "log/base/overlay_fs.h"

#include <algorithm>
#include <cstring>

namespace leat {
namespace {

constexpr uint64_t kBlockBytes = 4096;

std::string parent_of(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

Error missing(const std::string& path) {
  return Error::permanent(path + ": no such file");
}

}  // namespace

// One file: blocks in memory over the first base_bytes of a file of the base.
class OverlayFs::Node {
 public:
  Node() = default;
  Node(std::unique_ptr<File> base, uint64_t bytes)
      : base_(std::move(base)), base_bytes_(bytes), size_(bytes) {}

  uint64_t size() const { return size_; }

  Result<size_t> read_at(uint64_t offset, char* buffer, size_t wanted) const {
    if (offset >= size_) return size_t{0};
    size_t size = std::min<uint64_t>(wanted, size_ - offset);
    LEAT_RETURN_IF_ERROR(read_base(offset, buffer, size));
    for (auto at = blocks_.lower_bound(offset / kBlockBytes);
         at != blocks_.end() && at->first * kBlockBytes < offset + size; ++at) {
      uint64_t start = at->first * kBlockBytes;
      uint64_t from = std::max(start, offset);
      uint64_t to = std::min(start + kBlockBytes, offset + size);
      std::memcpy(buffer + (from - offset), at->second.data() + (from - start), to - from);
    }
    return size;
  }

  Status write_at(uint64_t offset, std::string_view bytes) {
    while (!bytes.empty()) {
      uint64_t in_block = offset % kBlockBytes;
      size_t size = std::min<uint64_t>(bytes.size(), kBlockBytes - in_block);
      LEAT_ASSIGN_OR_RETURN(std::string * block, block_at(offset / kBlockBytes));
      block->replace(in_block, size, bytes.substr(0, size));
      offset += size;
      bytes.remove_prefix(size);
      size_ = std::max(size_, offset);
    }
    return Ok{};
  }

  Status truncate(uint64_t size) {
    if (size < size_ && size % kBlockBytes != 0) {
      LEAT_ASSIGN_OR_RETURN(std::string * last, block_at(size / kBlockBytes));
      std::fill(last->begin() + static_cast<ptrdiff_t>(size % kBlockBytes), last->end(), '\0');
    }
    blocks_.erase(blocks_.lower_bound((size + kBlockBytes - 1) / kBlockBytes), blocks_.end());
    base_bytes_ = std::min(base_bytes_, size);
    size_ = size;
    return Ok{};
  }

  void grow(uint64_t size) { size_ = std::max(size_, size); }

 private:
  // What the base has of the range, and zeros behind it.
  Status read_base(uint64_t offset, char* buffer, size_t size) const {
    size_t have = offset < base_bytes_ ? std::min<uint64_t>(size, base_bytes_ - offset) : 0;
    size_t got = 0;
    if (have > 0) {
      LEAT_ASSIGN_OR_RETURN(got, base_->read_at(offset, buffer, have));
    }
    std::memset(buffer + got, 0, size - got);
    return Ok{};
  }

  Result<std::string*> block_at(uint64_t number) {
    auto [at, fresh] = blocks_.try_emplace(number);
    if (!fresh) return &at->second;
    at->second.resize(kBlockBytes);
    LEAT_RETURN_IF_ERROR(read_base(number * kBlockBytes, at->second.data(), kBlockBytes));
    return &at->second;
  }

  std::unique_ptr<File> base_;
  uint64_t base_bytes_ = 0;
  uint64_t size_ = 0;
  std::map<uint64_t, std::string> blocks_;  // by number; whole
};

class OverlayFs::OverlayFile final : public File {
 public:
  OverlayFile(OverlayFs& fs, std::string path, std::shared_ptr<Node> node)
      : fs_(fs), path_(std::move(path)), node_(std::move(node)) {}

  Result<size_t> read_at(uint64_t offset, char* buffer, size_t size) const override {
    return node_->read_at(offset, buffer, size);
  }
  Status write_at(uint64_t offset, std::string_view bytes) override {
    keep();
    return node_->write_at(offset, bytes);
  }
  Status sync() override { return Ok{}; }
  Status truncate(uint64_t size) override {
    keep();
    return node_->truncate(size);
  }
  Status preallocate(uint64_t size) override {
    keep();
    node_->grow(size);
    return Ok{};
  }
  Result<uint64_t> size() const override { return node_->size(); }

 private:
  // From its first change on a file must outlive its handles.
  void keep() {
    if (!kept_) fs_.nodes_.try_emplace(path_, node_);
    kept_ = true;
  }

  OverlayFs& fs_;
  const std::string path_;
  const std::shared_ptr<Node> node_;
  bool kept_ = false;
};

Result<std::shared_ptr<OverlayFs::Node>> OverlayFs::node_of(const std::string& path) {
  if (auto at = nodes_.find(path); at != nodes_.end()) return at->second;
  if (gone_.contains(path)) return missing(path);
  LEAT_ASSIGN_OR_RETURN(auto file, base_.open(path, OpenMode::read_only));
  LEAT_ASSIGN_OR_RETURN(uint64_t size, file->size());
  return std::make_shared<Node>(std::move(file), size);
}

void OverlayFs::hide(const std::string& path) {
  nodes_.erase(path);
  gone_.insert(path);
}

Result<std::unique_ptr<File>> OverlayFs::open(const std::string& path, OpenMode mode) {
  std::shared_ptr<Node> node;
  if (mode == OpenMode::create_new) {
    LEAT_ASSIGN_OR_RETURN(bool there, exists(path));
    if (there) return Error::permanent(path + " exists already");
    node = std::make_shared<Node>();
    nodes_[path] = node;
  } else {
    LEAT_ASSIGN_OR_RETURN(node, node_of(path));
  }
  return std::unique_ptr<File>(std::make_unique<OverlayFile>(*this, path, std::move(node)));
}

Result<bool> OverlayFs::exists(const std::string& path) {
  if (nodes_.contains(path) || dirs_.contains(path)) return true;
  if (gone_.contains(path)) return false;
  return base_.exists(path);
}

Status OverlayFs::rename(const std::string& from, const std::string& to) {
  LEAT_ASSIGN_OR_RETURN(auto node, node_of(from));
  hide(from);
  nodes_[to] = std::move(node);
  return Ok{};
}

Status OverlayFs::remove_file(const std::string& path) {
  LEAT_ASSIGN_OR_RETURN(bool there, exists(path));
  if (!there) return missing(path);
  hide(path);
  return Ok{};
}

Status OverlayFs::remove_dir(const std::string& path) {
  dirs_.erase(path);
  gone_.insert(path);
  return Ok{};
}

Status OverlayFs::create_dirs(const std::string& path) {
  for (std::string dir = path; !dir.empty() && dir != "/"; dir = parent_of(dir)) {
    LEAT_ASSIGN_OR_RETURN(bool there, exists(dir));
    if (there) break;
    dirs_.insert(dir);
  }
  return Ok{};
}

Result<std::vector<std::string>> OverlayFs::list_dir(const std::string& path) {
  std::set<std::string> names;
  LEAT_ASSIGN_OR_RETURN(bool in_base, base_.exists(path));
  if (in_base && !gone_.contains(path)) {
    LEAT_ASSIGN_OR_RETURN(auto base_names, base_.list_dir(path));
    for (const std::string& name : base_names) {
      if (!gone_.contains(path + "/" + name)) names.insert(name);
    }
  }
  for (const auto& [file, node] : nodes_) {
    if (parent_of(file) == path) names.insert(name_of(file));
  }
  for (const std::string& dir : dirs_) {
    if (parent_of(dir) == path) names.insert(name_of(dir));
  }
  return std::vector<std::string>(names.begin(), names.end());
}

Status OverlayFs::sync_dir(const std::string&) {
  return Ok{};
}

Result<uint64_t> OverlayFs::free_bytes(const std::string& path) {
  return base_.free_bytes(path);
}

Result<std::unique_ptr<File>> OverlayFs::lock(const std::string& path) {
  LEAT_ASSIGN_OR_RETURN(bool there, base_.exists(path));
  if (there) return base_.lock(path);
  return std::unique_ptr<File>(
      std::make_unique<OverlayFile>(*this, path, std::make_shared<Node>()));
}

}  // namespace leat
