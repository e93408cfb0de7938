#include "log/segment_index.h"

#include <algorithm>

#include "log/base/bytes.h"
#include "log/base/hash.h"

namespace leat::log {
namespace {

constexpr std::string_view kMagic = "LEATCIX1";
constexpr size_t kOffsetEntryBytes = 4 + 4;
constexpr size_t kTimeEntryBytes = 8 + 4;
constexpr size_t kCutEntryBytes = 4 + 8;

Error damaged(std::string_view what) {
  return Error::permanent("an index is damaged: " + std::string(what));
}

int32_t delta(Offset offset, Offset base) {
  return static_cast<int32_t>(offset.since(base));
}

std::string encode_offsets(const SegmentIndex& index, Offset base) {
  std::string out;
  for (const SegmentIndex::Entry& entry : index.entries) {
    append_be(&out, delta(entry.last, base));
    append_be(&out, static_cast<int32_t>(entry.position));
  }
  return out;
}

std::string encode_times(const SegmentIndex& index, Offset base) {
  std::string out;
  for (const SegmentIndex::Time& time : index.times) {
    append_be(&out, time.timestamp_ms);
    append_be(&out, delta(time.offset, base));
  }
  return out;
}

// The header and the footer of .cutindex, checked against all three files.
Result<std::string_view> entries_of_cuts(const IndexFiles& files, uint64_t* bytes) {
  std::string_view cuts = files.cuts;
  if (cuts.size() < kMagic.size() + sizeof(uint32_t)) return damaged("it is cut short");
  if (!cuts.starts_with(kMagic)) return damaged("it is of an unknown format version");
  std::string_view covered = cuts.substr(0, cuts.size() - sizeof(uint32_t));
  if (load_le<uint32_t>(covered.data() + covered.size()) != crc32c(covered)) {
    return damaged("its checksum does not match");
  }
  ByteReader in(covered.substr(kMagic.size()));
  *bytes = in.le<uint64_t>();
  auto offsets_crc = in.le<uint32_t>();
  auto times_crc = in.le<uint32_t>();
  uint64_t count = in.le<uint32_t>();
  std::string_view entries = in.rest();
  bool fits = entries.size() == count * kCutEntryBytes &&
              files.offsets.size() == count * kOffsetEntryBytes &&
              files.times.size() % kTimeEntryBytes == 0;
  if (!fits) return damaged("its files do not belong together");
  if (offsets_crc != crc32c(files.offsets) || times_crc != crc32c(files.times)) {
    return damaged("a checksum of Kafka's part does not match");
  }
  return entries;
}

// What verifies was written so; but nothing is worth an endless loop.
Status check_order(const SegmentIndex& index, Offset base) {
  uint64_t position = 0;
  Offset at = base;
  for (const SegmentIndex::Entry& entry : index.entries) {
    bool rises = entry.first >= at && entry.last >= entry.first && entry.position >= position;
    if (!rises || entry.position >= index.bytes) return damaged("its entries do not rise");
    at = entry.last.next();
    position = entry.position + 1;
  }
  return Ok{};
}

}  // namespace

void SegmentIndexBuilder::add(const BatchView& batch) {
  Offset last(batch.end.value() - 1);
  uint64_t position = index_.bytes;
  index_.bytes += batch.bytes.size();
  if (batch.timestamp_max_ms > highest_.timestamp_ms) highest_ = {batch.timestamp_max_ms, last};
  const auto& entries = index_.entries;
  if (!entries.empty() && position < entries.back().position + kIndexEveryBytes) return;
  // Kafka's numbers have 32 bits; what lies beyond is found by walking.
  if (position > INT32_MAX || last.since(base_) > INT32_MAX) return;
  index_.entries.push_back({batch.base, last, position, batch.cut});
  add_time();
}

void SegmentIndexBuilder::add_time() {
  bool rises = index_.times.empty() || index_.times.back().timestamp_ms < highest_.timestamp_ms;
  if (rises) index_.times.push_back(highest_);
}

SegmentIndex SegmentIndexBuilder::finish() && {
  if (!index_.entries.empty() && highest_.offset.since(base_) <= INT32_MAX) add_time();
  return std::move(index_);
}

IndexFiles encode_index(const SegmentIndex& index, Offset base) {
  IndexFiles files{encode_offsets(index, base), encode_times(index, base), std::string(kMagic)};
  append_le(&files.cuts, index.bytes);
  append_le(&files.cuts, crc32c(files.offsets));
  append_le(&files.cuts, crc32c(files.times));
  append_le(&files.cuts, static_cast<uint32_t>(index.entries.size()));
  for (const SegmentIndex::Entry& entry : index.entries) {
    append_le(&files.cuts, delta(entry.first, base));
    append_le(&files.cuts, entry.cut.value());
  }
  append_le(&files.cuts, crc32c(files.cuts));
  return files;
}

Result<SegmentIndex> decode_index(const IndexFiles& files, Offset base) {
  SegmentIndex index;
  LEAT_ASSIGN_OR_RETURN(auto entries, entries_of_cuts(files, &index.bytes));
  ByteReader cuts(entries);
  ByteReader offsets(files.offsets);
  while (cuts.remaining() > 0) {
    SegmentIndex::Entry entry;
    entry.first = base.plus(cuts.le<int32_t>());
    entry.cut = CutId(cuts.le<uint64_t>());
    entry.last = base.plus(offsets.be<int32_t>());
    entry.position = static_cast<uint64_t>(offsets.be<int32_t>());
    index.entries.push_back(entry);
  }
  ByteReader times(files.times);
  while (times.remaining() > 0) {
    auto timestamp_ms = times.be<int64_t>();
    index.times.push_back({timestamp_ms, base.plus(times.be<int32_t>())});
  }
  LEAT_RETURN_IF_ERROR(check_order(index, base));
  return index;
}

}  // namespace leat::log
