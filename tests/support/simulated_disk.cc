#include "tests/support/simulated_disk.h"

#include <algorithm>
#include <array>
#include <utility>

namespace leat::test {
namespace {

constexpr uint64_t kSectorBytes = 512;

std::string child_of(const std::string& dir, const std::string& name) {
  return dir == "/" ? dir + name : dir + "/" + name;
}

}  // namespace

std::string parent_of(const std::string& path) {
  size_t slash = path.find_last_of('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}
std::string name_of(const std::string& path) {
  return path.substr(path.find_last_of('/') + 1);
}
Error missing(const std::string& path) {
  return Error::permanent(path + ": no such file");
}

void SimulatedDisk::apply(const Change& change, std::string* bytes) {
  if (change.new_size) {
    bytes->resize(*change.new_size, '\0');
    return;
  }
  if (bytes->size() < change.offset + change.bytes.size()) {
    bytes->resize(change.offset + change.bytes.size(), '\0');
  }
  bytes->replace(change.offset, change.bytes.size(), change.bytes);
}

// In one of three moods: the writes came to disk in order up to a point; any sectors of them did;
// or most of it, or nothing, did.
std::string SimulatedDisk::lose_power(const Inode& inode, Random& random) {
  std::string bytes = inode.durable;
  if (inode.unsynced.empty()) return bytes;
  bool in_order = random.one_in(2);
  size_t whole = random.below(inode.unsynced.size() + 1);
  size_t keep_of_8 = std::array<size_t, 4>{0, 4, 7, 8}[random.below(4)];
  for (size_t i = 0; i < inode.unsynced.size(); ++i) {
    const Change& change = inode.unsynced[i];
    if (in_order && i > whole) break;
    if ((in_order && i < whole) || change.new_size) {
      if (in_order || random.below(8) < keep_of_8) apply(change, &bytes);
      continue;
    }
    for (uint64_t at = 0; at < change.bytes.size();) {
      uint64_t size = kSectorBytes - (change.offset + at) % kSectorBytes;
      size = std::min<uint64_t>(size, change.bytes.size() - at);
      bool keep = in_order ? random.one_in(2) : random.below(8) < keep_of_8;
      if (keep) apply({change.offset + at, change.bytes.substr(at, size), {}}, &bytes);
      at += size;
    }
  }
  // The new size may be on disk without what should stand there.
  if (bytes.size() < inode.now.size() && random.one_in(3)) bytes.resize(inode.now.size(), '\0');
  return bytes;
}

std::map<std::string, SimulatedDisk::InodePtr> SimulatedDisk::lose_power(const Directory& directory,
                                                                         Random& random) {
  std::map<std::string, InodePtr> names = directory.durable;
  size_t keep_of_4 = random.below(5);
  for (const NameChange& change : directory.unsynced) {
    if (random.below(4) >= keep_of_4) continue;
    if (!change.removed.empty()) names.erase(change.removed);
    if (!change.made.empty()) names[change.made] = change.file;
  }
  return names;
}

std::shared_ptr<SimulatedDisk> SimulatedDisk::after_power_loss(Random& random) const {
  std::lock_guard lock(mutex_);
  auto after = std::make_shared<SimulatedDisk>();
  std::map<InodePtr, InodePtr> survivors;
  std::vector<std::string> to_do{"/"};
  while (!to_do.empty()) {
    std::string dir = std::move(to_do.back());
    to_do.pop_back();
    Directory& to = after->directories_[dir];
    auto from = directories_.find(dir);
    if (from == directories_.end()) continue;
    for (const auto& [name, inode] : lose_power(from->second, random)) {
      InodePtr& survivor = survivors[inode];
      if (inode == nullptr) to_do.push_back(child_of(dir, name));
      if (inode != nullptr && survivor == nullptr) {
        std::string bytes = lose_power(*inode, random);
        survivor = std::make_shared<Inode>(Inode{bytes, bytes, {}});
      }
      to.now[name] = inode == nullptr ? nullptr : survivor;
    }
    to.durable = to.now;
  }
  return after;
}

std::shared_ptr<SimulatedDisk> SimulatedDisk::copy() const {
  std::lock_guard lock(mutex_);
  auto other = std::make_shared<SimulatedDisk>();
  std::map<InodePtr, InodePtr> copies{{nullptr, nullptr}};
  auto copy_of = [&](const InodePtr& inode) {
    InodePtr& to = copies[inode];
    if (to == nullptr && inode != nullptr) to = std::make_shared<Inode>(*inode);
    return to;
  };
  other->directories_ = directories_;
  for (auto& [path, dir] : other->directories_) {
    for (auto& [name, inode] : dir.now) inode = copy_of(inode);
    for (auto& [name, inode] : dir.durable) inode = copy_of(inode);
    for (NameChange& change : dir.unsynced) change.file = copy_of(change.file);
  }
  return other;
}

SimulatedDisk::Directory* SimulatedDisk::directory(const std::string& path) {
  auto at = directories_.find(path);
  if (at == directories_.end() || path == "/") return path == "/" ? &at->second : nullptr;
  // One that was removed stays in the map: a loss of power may bring it back.
  auto parent = directories_.find(parent_of(path));
  bool is_there = parent != directories_.end() && parent->second.now.contains(name_of(path));
  return is_there ? &at->second : nullptr;
}

SimulatedDisk::InodePtr SimulatedDisk::find(const std::string& path) {
  Directory* dir = directory(parent_of(path));
  if (dir == nullptr) return nullptr;
  auto at = dir->now.find(name_of(path));
  return at == dir->now.end() ? nullptr : at->second;
}

Status SimulatedDisk::change_name(const std::string& path, NameChange change) {
  Directory* dir = directory(path);
  if (dir == nullptr) return missing(path);
  if (!change.removed.empty()) dir->now.erase(change.removed);
  if (!change.made.empty()) dir->now[change.made] = change.file;
  dir->unsynced.push_back(std::move(change));
  return Ok{};
}

std::vector<std::string> SimulatedDisk::files() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> paths;
  for (const auto& [path, dir] : directories_) {
    for (const auto& [name, inode] : dir.now) {
      if (inode != nullptr) paths.push_back(child_of(path, name));
    }
  }
  return paths;
}

uint64_t SimulatedDisk::bytes() const {
  std::lock_guard lock(mutex_);
  uint64_t sum = 0;
  for (const auto& [path, dir] : directories_) {
    for (const auto& [name, inode] : dir.now) sum += inode == nullptr ? 0 : inode->now.size();
  }
  return sum;
}

std::string SimulatedDisk::contents(const std::string& path) const {
  std::lock_guard lock(mutex_);
  InodePtr inode = const_cast<SimulatedDisk*>(this)->find(path);
  return inode == nullptr ? std::string() : inode->now;
}

void SimulatedDisk::set_contents(const std::string& path, std::string bytes) {
  std::lock_guard lock(mutex_);
  InodePtr inode = find(path);
  LEAT_CHECK(inode != nullptr);
  inode->now = inode->durable = std::move(bytes);
  inode->unsynced.clear();
}

}  // namespace leat::test
