#include "log/store/rocks_cursor.h"

#include <rocksdb/db.h>
#include <rocksdb/snapshot.h>

#include <string>

#include "log/store/rocks_status.h"

namespace leat::store {
namespace {

rocksdb::Slice slice_of(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}
std::string_view view_of(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

class RangeCursor final : public Cursor {
 public:
  RangeCursor(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* table,
              const rocksdb::Snapshot* snapshot, std::string_view from, std::string_view to)
      : to_(to), to_slice_(to_) {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    if (!to_.empty()) options.iterate_upper_bound = &to_slice_;
    iterator_.reset(db.NewIterator(options, table));
    iterator_->Seek(slice_of(from));
  }

  bool valid() const override { return iterator_->Valid(); }
  std::string_view key() const override { return view_of(iterator_->key()); }
  std::string_view value() const override { return view_of(iterator_->value()); }
  void next() override { iterator_->Next(); }
  Status status() const override { return to_status(iterator_->status(), "scan"); }

 private:
  std::string to_;
  rocksdb::Slice to_slice_;  // the iterator keeps a pointer to it
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

// An iterator over the whole table serves one prefix after the other. Behind the last key of a
// prefix it would walk over every erased key up to the next one that is left: it gives up after a
// few, and an iterator that ends with the prefix takes its place until the next seek.
class RocksPrefixCursor final : public PrefixCursor {
 public:
  RocksPrefixCursor(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* table)
      : db_(db), table_(table), snapshot_(&db) {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_.snapshot();
    options.max_skippable_internal_keys = kErasedKeysMax;
    wide_.reset(db_.NewIterator(options, table_));
  }

  void seek(std::string_view prefix) override {
    prefix_.assign(prefix);
    rows_ = 0;
    narrow_.reset();
    wide_->Seek(slice_of(prefix_));
    if (gave_up()) narrow();
  }

  void next() override {
    ++rows_;
    iterator().Next();
    if (narrow_ == nullptr && gave_up()) narrow();
  }

  bool valid() const override { return iterator().Valid() && key().starts_with(prefix_); }
  std::string_view key() const override { return view_of(iterator().key()); }
  std::string_view value() const override { return view_of(iterator().value()); }
  Status status() const override { return to_status(iterator().status(), "scan"); }

 private:
  static constexpr uint64_t kErasedKeysMax = 128;

  rocksdb::Iterator& iterator() const { return narrow_ != nullptr ? *narrow_ : *wide_; }
  bool gave_up() const { return !wide_->Valid() && wide_->status().IsIncomplete(); }

  // Goes on after as many rows as have been given.
  void narrow() {
    end_ = end_of_prefix(prefix_);
    end_slice_ = rocksdb::Slice(end_);
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_.snapshot();
    if (!end_.empty()) options.iterate_upper_bound = &end_slice_;
    narrow_.reset(db_.NewIterator(options, table_));
    narrow_->Seek(slice_of(prefix_));
    for (uint64_t i = 0; i < rows_ && narrow_->Valid(); ++i) narrow_->Next();
  }

  rocksdb::DB& db_;
  rocksdb::ColumnFamilyHandle* table_;
  rocksdb::ManagedSnapshot snapshot_;  // so that both iterators see the same
  std::string prefix_;
  uint64_t rows_ = 0;  // of the prefix, given before the present one
  std::unique_ptr<rocksdb::Iterator> wide_;
  std::string end_;
  rocksdb::Slice end_slice_;  // the iterator keeps a pointer to it
  std::unique_ptr<rocksdb::Iterator> narrow_;
};

}  // namespace

std::string end_of_prefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

std::unique_ptr<Cursor> make_cursor(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* table,
                                    const rocksdb::Snapshot* snapshot, std::string_view from,
                                    std::string_view to) {
  return std::make_unique<RangeCursor>(db, table, snapshot, from, to);
}

std::unique_ptr<PrefixCursor> make_prefix_cursor(rocksdb::DB& db,
                                                 rocksdb::ColumnFamilyHandle* table) {
  return std::make_unique<RocksPrefixCursor>(db, table);
}

}  // namespace leat::store
