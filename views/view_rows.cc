#include "views/view_rows.h"

#include <string>

#include "log/base/bytes.h"

namespace leat::views {
namespace {

constexpr size_t kIdBytes = 8;

struct IdBytes {
  explicit IdBytes(ViewId id) { store_be(bytes, id.value()); }
  std::string_view view() const { return {bytes, kIdBytes}; }
  char bytes[kIdBytes];
};

}  // namespace

ViewRows::ViewRows(store::Store& store, store::TableId table)
    : store_(store), table_(table), batch_(store) {}

void ViewRows::put(ViewId view, std::string_view key, std::string_view row) {
  IdBytes id(view);
  std::string_view row_key[] = {id.view(), key};
  std::string_view value[] = {row};
  batch_.put(table_, row_key, value);
  write_when_large();
}

void ViewRows::erase(ViewId view, std::string_view key) {
  IdBytes id(view);
  std::string row_key(id.view());
  row_key += key;
  batch_.erase(table_, row_key);
  write_when_large();
}

void ViewRows::erase_view(ViewId view) {
  IdBytes id(view);
  batch_.erase_range(table_, id.view(), store::end_of_prefix(id.view()));
}

void ViewRows::write_when_large() {
  if (batch_.bytes() >= kBatchBytesMax && status_.ok()) status_ = write();
}

Status ViewRows::write() {
  LEAT_RETURN_IF_ERROR(status_);
  if (batch_.count() > 0) LEAT_RETURN_IF_ERROR(store_.write(batch_));
  batch_.clear();
  return Ok{};
}

Status scan_view_rows(const store::Snapshot& snapshot, store::TableId table, ViewId view,
                      std::string_view key_prefix,
                      const std::function<bool(std::string_view row)>& row) {
  IdBytes id(view);
  std::string from(id.view());
  from += key_prefix;
  auto cursor = snapshot.scan(table, from, store::end_of_prefix(from));
  for (; cursor->valid(); cursor->next()) {
    if (!row(cursor->value())) return Ok{};
  }
  return cursor->status();
}

}  // namespace leat::views
