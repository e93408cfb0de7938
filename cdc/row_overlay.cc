#include "cdc/row_overlay.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <vector>

#include "log/base/bytes.h"

namespace leat::cdc {
namespace {

constexpr store::TableId kRows(0);
constexpr size_t kBatchBytes = 256 << 10;
constexpr size_t kBufferBytesMax = 16 << 20;
constexpr size_t kCacheBytes = 8 << 20;

// Values begin with one of these.
constexpr std::string_view kRow("r");
constexpr std::string_view kErased("e");

std::string prefix_of(GenerationId generation) {
  std::string out;
  append_be(&out, generation.value());
  return out;
}

}  // namespace

Result<std::unique_ptr<RowOverlay>> RowOverlay::open(std::string dir) {
  store::StoreOptions options;
  options.path = dir;
  options.block_cache_bytes = kCacheBytes;
  options.tables = {"rows"};
  LEAT_ASSIGN_OR_RETURN(auto store, store::Store::open(options));
  return std::unique_ptr<RowOverlay>(new RowOverlay(std::move(dir), std::move(store)));
}

RowOverlay::~RowOverlay() {
  store_.reset();
  // What cannot be removed now is removed at the next start.
  (void)remove_leftovers(dir_);
}

Status RowOverlay::remove_leftovers(const std::string& dir) {
  std::error_code error;
  std::filesystem::remove_all(dir, error);
  if (!error) return Ok();
  return Error::permanent(dir + " cannot be removed: " + error.message());
}

Status RowOverlay::put(GenerationId generation, std::string_view key, std::string_view row) {
  return write(generation, key, kRow, row);
}

Status RowOverlay::erase(GenerationId generation, std::string_view key) {
  return write(generation, key, kErased, {});
}

Status RowOverlay::write(GenerationId generation, std::string_view key, std::string_view mark,
                         std::string_view row) {
  std::string prefix = prefix_of(generation);
  std::string_view key_parts[] = {prefix, key};
  std::string_view value_parts[] = {mark, row};
  batch_.put(kRows, key_parts, value_parts);
  return batch_.bytes() < kBatchBytes ? Ok() : write_batch();
}

Status RowOverlay::write_batch() {
  LEAT_RETURN_IF_ERROR(store_->write(batch_));
  batch_.clear();
  if (store_->unsealed_bytes(kRows) < kBufferBytesMax) return Ok();
  return store_->flush({&kRows, 1});
}

Status RowOverlay::find(GenerationId generation, std::span<const std::string_view> keys,
                        const Decided& decided) {
  if (batch_.count() > 0) LEAT_RETURN_IF_ERROR(write_batch());
  std::vector<size_t> order(keys.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return keys[a] < keys[b]; });
  std::string prefix = prefix_of(generation);
  std::vector<std::string> stored;
  for (size_t i : order) stored.push_back(prefix + std::string(keys[i]));
  std::vector<std::string_view> views(stored.begin(), stored.end());
  return store_->multi_get(kRows, views, [&](size_t i, std::string_view value) {
    bool is_row = value.starts_with(kRow);
    decided(order[i], is_row ? std::optional(value.substr(kRow.size())) : std::nullopt);
  });
}

}  // namespace leat::cdc
