#include "cdc/pending_change.h"

#include <cstring>

#include "log/base/check.h"

namespace leat::cdc {
namespace {

constexpr uint32_t kAbsent = UINT32_MAX;

// Stands before each change's bytes: key, old key, before, after, unchanged.
struct Frame {
  ChangeKind kind;
  uint32_t table;
  uint32_t subtransaction;
  uint32_t key;
  uint32_t old_key;
  uint32_t before;
  uint32_t after;
  uint32_t unchanged;
};

uint32_t size_of(std::string_view bytes) {
  return static_cast<uint32_t>(bytes.size());
}
uint32_t size_of(const std::optional<std::string_view>& bytes) {
  return bytes ? size_of(*bytes) : kAbsent;
}

Frame frame_of(const PendingChange& change) {
  Frame frame{};
  frame.kind = change.kind;
  frame.table = change.table.value();
  frame.subtransaction = change.subtransaction;
  frame.key = size_of(change.key);
  frame.old_key = size_of(change.old_key);
  frame.before = size_of(change.before);
  frame.after = size_of(change.after);
  frame.unchanged = size_of(change.unchanged);
  return frame;
}

std::string_view take(std::string_view* bytes, uint32_t size) {
  LEAT_CHECK(size <= bytes->size());
  std::string_view out = bytes->substr(0, size);
  bytes->remove_prefix(size);
  return out;
}

std::optional<std::string_view> take_optional(std::string_view* bytes, uint32_t size) {
  if (size == kAbsent) return std::nullopt;
  return take(bytes, size);
}

}  // namespace

void append_pending_change(const PendingChange& change, std::string* out) {
  Frame frame = frame_of(change);
  out->append(reinterpret_cast<const char*>(&frame), sizeof frame);
  out->append(change.key);
  out->append(change.old_key);
  if (change.before) out->append(*change.before);
  if (change.after) out->append(*change.after);
  out->append(change.unchanged);
}

bool next_pending_change(std::string_view* bytes, PendingChange* out) {
  if (bytes->empty()) return false;
  Frame frame;
  std::memcpy(&frame, take(bytes, sizeof frame).data(), sizeof frame);
  out->kind = frame.kind;
  out->table = TableIndex(frame.table);
  out->subtransaction = frame.subtransaction;
  out->key = take(bytes, frame.key);
  out->old_key = take(bytes, frame.old_key);
  out->before = take_optional(bytes, frame.before);
  out->after = take_optional(bytes, frame.after);
  out->unchanged = take(bytes, frame.unchanged);
  return true;
}

}  // namespace leat::cdc
