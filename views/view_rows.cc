#include "views/view_rows.h"

#include <vector>

#include "log/base/bytes.h"

namespace leat::views {
namespace {

constexpr size_t kIdBytes = 8;

struct IdBytes {
  explicit IdBytes(uint64_t id) { store_be(bytes, id); }
  std::string_view view() const { return {bytes, kIdBytes}; }
  char bytes[kIdBytes];
};

// The first key behind all that begin with PREFIX; empty: there is none.
std::string end_of_prefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace

ViewRows::ViewRows(store::Store& store, GroupTables tables)
    : store_(store), tables_(tables), batch_(store) {}

Status ViewRows::recover() {
  struct Note {
    std::string key;
    std::string value;
  };
  std::vector<Note> notes;
  auto cursor = store_.scan(tables_.undo, "", "");
  for (; cursor->valid(); cursor->next()) {
    sequence_ = ByteReader(cursor->key()).be<uint64_t>() + 1;
    ByteReader in(cursor->value());
    std::string key(in.sized());
    notes.push_back({std::move(key), std::string(in.rest())});
  }
  LEAT_RETURN_IF_ERROR(cursor->status());
  // The oldest note of a key says what stood there at the flush: it is written last.
  for (auto note = notes.rbegin(); note != notes.rend(); ++note) {
    if (note->value.empty() || note->value[0] == 0) {
      batch_.erase(tables_.rows, note->key);
    } else {
      batch_.put(tables_.rows, note->key, std::string_view(note->value).substr(1));
    }
    LEAT_RETURN_IF_ERROR(write_when_large());
  }
  return write();
}

void ViewRows::change(ViewId view, std::string_view key, const std::string_view* old_row,
                      const std::string_view* new_row) {
  IdBytes id(view.value());
  std::string_view row_key[] = {id.view(), key};
  if (noting_) {
    IdBytes sequence(sequence_++);
    std::string head;
    append_varint(&head, kIdBytes + key.size());
    std::string_view present = old_row == nullptr ? std::string_view("\0", 1) : "\1";
    std::string tail(present);
    if (old_row != nullptr) tail += *old_row;
    std::string_view note_key[] = {sequence.view()};
    std::string_view note[] = {head, id.view(), key, tail};
    batch_.put(tables_.undo, note_key, note);
  }
  if (new_row != nullptr) {
    std::string_view value[] = {*new_row};
    batch_.put(tables_.rows, row_key, value);
  } else {
    batch_.erase(tables_.rows, std::string(id.view()) + std::string(key));
  }
  if (status_.ok()) status_ = write_when_large();
}

Status ViewRows::write_when_large() {
  if (batch_.bytes() < kBatchBytesMax) return Ok{};
  return write();
}

Status ViewRows::write() {
  LEAT_RETURN_IF_ERROR(status_);
  if (batch_.count() > 0) LEAT_RETURN_IF_ERROR(store_.write(batch_));
  batch_.clear();
  return Ok{};
}

void ViewRows::erase_view(ViewId view) {
  IdBytes id(view.value());
  batch_.erase_range(tables_.rows, id.view(), end_of_prefix(id.view()));
}

Status ViewRows::before_flush() {
  // What the flush before this one needed: that one is complete.
  std::string end;
  append_be<uint64_t>(&end, sequence_);
  std::string begin;
  append_be<uint64_t>(&begin, 0);
  if (sequence_ > 0) batch_.erase_range(tables_.undo, begin, end);
  LEAT_RETURN_IF_ERROR(write());
  noting_ = true;
  return Ok{};
}

Status scan_view_rows(const store::Snapshot& snapshot, store::TableId rows, ViewId view,
                      std::string_view key_prefix,
                      const std::function<bool(std::string_view row)>& row) {
  IdBytes id(view.value());
  std::string from(id.view());
  from += key_prefix;
  auto cursor = snapshot.scan(rows, from, end_of_prefix(from));
  for (; cursor->valid(); cursor->next()) {
    if (!row(cursor->value())) return Ok{};
  }
  return cursor->status();
}

}  // namespace leat::views
