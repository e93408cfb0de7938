#include "tests/kafka/support/listing.h"

#include <spdlog/fmt/fmt.h>

#include <set>

#include "log/base/bytes.h"
#include "log/base/fs.h"
#include "log/base/hash.h"

namespace leat::test {
namespace {

constexpr uint64_t kSegmentBytesMax = 64 << 20;

const char* kafka_name(log::BatchCodec codec) {
  switch (codec) {
    case log::BatchCodec::none:
      return "none";
    case log::BatchCodec::lz4:
      return "lz4";
    case log::BatchCodec::zstd:
      return "zstd";
  }
  return "";
}

std::string batch_line(const log::BatchView& batch, size_t position) {
  return fmt::format(
      "baseOffset: {} lastOffset: {} count: {} baseSequence: -1 lastSequence: -1 producerId: -1 "
      "producerEpoch: -1 partitionLeaderEpoch: 0 isTransactional: false isControl: false "
      "deleteHorizonMs: OptionalLong{} position: {} CreateTime: {} size: {} magic: 2 "
      "compresscodec: {} crc: {} isvalid: true",
      batch.base.value(), batch.end.value() - 1, batch.count,
      batch.delete_horizon_ms ? fmt::format("[{}]", *batch.delete_horizon_ms) : ".empty", position,
      batch.timestamp_max_ms, batch.bytes.size(), kafka_name(batch.codec),
      crc32c(batch.bytes.substr(21)));
}

std::string record_line(const log::RecordView& record, bool names_cut) {
  std::string headers = record.change_header.empty() ? "" : "leat";
  if (names_cut) headers += headers.empty() ? "cut" : ",cut";
  std::string line = fmt::format(
      "| offset: {} CreateTime: {} keySize: {} valueSize: {} sequence: -1 headerKeys: [{}] key: {}",
      record.offset.value(), record.timestamp_ms, record.key.size(),
      record.value ? static_cast<int64_t>(record.value->size()) : -1, headers, record.key);
  if (record.value) line += fmt::format(" payload: {}", *record.value);
  return line;
}

// kcat prints the value of a header up to its first zero: of a cut's eight bytes that is nothing.
std::string kcat_line(const log::RecordView& record, bool names_cut) {
  std::string headers(record.change_header.substr(0, record.change_header.find('\0')));
  if (!record.change_header.empty()) headers = "leat=" + headers;
  if (names_cut) headers += headers.empty() ? "cut=" : ",cut=";
  int64_t value_size = record.value ? static_cast<int64_t>(record.value->size()) : -1;
  return fmt::format("{}|{}|{}|{}|{}|{}|{}\n", record.offset.value(), record.timestamp_ms,
                     record.key.size(), record.key, value_size, record.value.value_or(""), headers);
}

Result<std::vector<log::BatchView>> batches_of(std::string_view segment_bytes) {
  std::vector<log::BatchView> batches;
  for (size_t at = 0; at < segment_bytes.size();) {
    LEAT_ASSIGN_OR_RETURN(uint64_t size, log::batch_size(segment_bytes.substr(at)));
    LEAT_ASSIGN_OR_RETURN(auto batch, log::parse_batch(segment_bytes.substr(at, size)));
    batches.push_back(std::move(batch));
    at += size;
  }
  return batches;
}

// The first record of each batch: it names the cut.
Result<std::set<Offset>> first_offsets(const std::vector<std::string>& segments) {
  std::set<Offset> first;
  for (const std::string& path : segments) {
    LEAT_ASSIGN_OR_RETURN(auto bytes, read_file(Fs::posix(), path, kSegmentBytesMax));
    LEAT_ASSIGN_OR_RETURN(auto batches, batches_of(bytes));
    for (const log::BatchView& batch : batches) {
      std::vector<log::RecordView> records;
      LEAT_RETURN_IF_ERROR(log::append_records(batch, batch.base, &records));
      first.insert(records.front().offset);
    }
  }
  return first;
}

}  // namespace

Result<std::vector<std::string>> dump_listing(std::string_view segment_bytes) {
  std::vector<std::string> lines, holes;
  std::optional<int64_t> last;
  LEAT_ASSIGN_OR_RETURN(auto batches, batches_of(segment_bytes));
  for (const log::BatchView& batch : batches) {
    auto position = batch.bytes.data() - segment_bytes.data();
    lines.push_back(batch_line(batch, static_cast<size_t>(position)));
    std::vector<log::RecordView> records;
    LEAT_RETURN_IF_ERROR(log::append_records(batch, batch.base, &records));
    for (size_t i = 0; i < records.size(); ++i) {
      int64_t offset = records[i].offset.value();
      if (last && offset != *last + 1)
        holes.push_back(fmt::format("  {} is followed by {}", *last, offset));
      last = offset;
      lines.push_back(record_line(records[i], i == 0));
    }
  }
  lines.insert(lines.end(), holes.rbegin(), holes.rend());
  return lines;
}

Result<std::string> kcat_listing(log::ChangeLog& log, PartitionId partition,
                                 const std::vector<std::string>& segments) {
  LEAT_ASSIGN_OR_RETURN(auto first, first_offsets(segments));
  std::string text;
  LEAT_ASSIGN_OR_RETURN(auto reader, log.read_partition(partition, Offset(0)));
  while (true) {
    LEAT_ASSIGN_OR_RETURN(auto records, reader->next(1 << 20));
    if (records.empty()) return text;
    for (const log::RecordView& record : records) {
      text += kcat_line(record, first.contains(record.offset));
    }
  }
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace leat::test
