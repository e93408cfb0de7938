#include "log/journal.h"

#include <optional>
#include <random>

#include "log/base/bytes.h"
#include "log/base/check.h"
#include "log/base/hash.h"

namespace leat::log {
namespace {

constexpr std::string_view kFileMagic = "LEATJRN1";
constexpr std::string_view kMagicOfAnyVersion = "LEATJRN";
constexpr uint32_t kRecordMagic = 0x314a434c;  // "LCJ1"
constexpr size_t kCrcCoversFrom = 8;

uint64_t in_blocks(uint64_t bytes) {
  return (bytes + kJournalBlockBytes - 1) / kJournalBlockBytes * kJournalBlockBytes;
}

std::string file_header(JournalId id, uint64_t next_salt, CutId cut_first) {
  std::string out(kFileMagic);
  append_le(&out, id.number);
  append_le(&out, id.salt);
  append_le(&out, next_salt);
  append_le(&out, cut_first.value());
  append_le(&out, crc32c(out));
  out.resize(kJournalBlockBytes, '\0');
  return out;
}

void read_file_header(std::string_view bytes, JournalId expected, JournalScan* scan) {
  ByteReader in(bytes);
  std::string_view magic = in.bytes(kFileMagic.size());
  scan->is_other_version = magic.starts_with(kMagicOfAnyVersion) && magic != kFileMagic;
  scan->id.number = in.le<uint64_t>();
  scan->id.salt = in.le<uint64_t>();
  scan->next = {scan->id.number + 1, in.le<uint64_t>()};
  scan->cut_first = CutId(in.le<uint64_t>());
  size_t covered = bytes.size() - in.remaining();
  auto crc = in.le<uint32_t>();
  scan->header_ok = in.ok() && magic == kFileMagic && crc == crc32c(bytes.substr(0, covered)) &&
                    scan->id == expected;
}

struct FoundRecord {
  CutId cut;
  std::string_view payload;
};

// The record that begins at AT, if it verifies.
std::optional<FoundRecord> record_at(std::string_view bytes, size_t at, uint64_t salt) {
  ByteReader in(bytes.substr(at));
  auto magic = in.le<uint32_t>();
  auto crc = in.le<uint32_t>();
  auto size = in.le<uint32_t>();
  auto found_salt = in.le<uint64_t>();
  CutId cut(in.le<uint64_t>());
  std::string_view payload = in.bytes(size);
  if (!in.ok() || magic != kRecordMagic || found_salt != salt) return std::nullopt;
  size_t covered = kJournalRecordHeaderBytes - kCrcCoversFrom + size;
  if (crc != crc32c(bytes.substr(at + kCrcCoversFrom, covered))) return std::nullopt;
  return FoundRecord{cut, payload};
}

bool any_record_from(std::string_view bytes, size_t at, uint64_t salt) {
  for (; at < bytes.size(); at += kJournalBlockBytes) {
    if (record_at(bytes, at, salt)) return true;
  }
  return false;
}

}  // namespace

uint64_t random_salt() {
  std::random_device random;
  return uint64_t{random()} << 32 | random();
}

uint64_t journal_bytes_for(uint64_t record_bytes) {
  return kJournalBlockBytes + in_blocks(record_bytes);
}

std::string begin_journal_record() {
  return std::string(kJournalRecordHeaderBytes, '\0');
}

Result<std::unique_ptr<JournalWriter>> JournalWriter::start(std::unique_ptr<File> file,
                                                            uint64_t size, JournalId id,
                                                            uint64_t next_salt, CutId cut_first) {
  LEAT_RETURN_IF_ERROR(file->write_at(0, file_header(id, next_salt, cut_first)));
  return std::unique_ptr<JournalWriter>(new JournalWriter(std::move(file), size, id, next_salt));
}

bool JournalWriter::fits(size_t record_bytes) const {
  return at_ + in_blocks(record_bytes) <= size_;
}

Status JournalWriter::write(CutId cut, std::string& record) {
  LEAT_CHECK(fits(record.size()) && record.size() <= UINT32_MAX);
  size_t size = record.size();
  char* at = record.data();
  store_le(at, kRecordMagic);
  store_le(at + 8, static_cast<uint32_t>(size - kJournalRecordHeaderBytes));
  store_le(at + 12, id_.salt);
  store_le(at + 20, cut.value());
  store_le(at + 4, crc32c({at + kCrcCoversFrom, size - kCrcCoversFrom}));
  record.resize(in_blocks(size), '\0');  // whole blocks: nothing must be read to write them
  Status written = file_->write_at(at_, record);
  record.resize(size);
  return written;
}

void JournalWriter::advance(size_t record_bytes) {
  at_ += in_blocks(record_bytes);
}

JournalScan scan_journal(std::string_view bytes, JournalId id) {
  JournalScan scan;
  read_file_header(bytes, id, &scan);
  size_t at = kJournalBlockBytes;
  while (scan.header_ok && at < bytes.size()) {
    auto record = record_at(bytes, at, id.salt);
    if (!record || record->cut != scan.cut_first.plus(scan.payloads.size())) break;
    scan.payloads.push_back(record->payload);
    at += in_blocks(kJournalRecordHeaderBytes + record->payload.size());
  }
  scan.good_record_behind = any_record_from(bytes, at, id.salt);
  return scan;
}

}  // namespace leat::log
