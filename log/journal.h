// The journal: where a cut becomes durable, with one sync of one file.
//
//   file   = header block, then blocks of 4 KiB; a record begins with a block and fills whole ones
//   header = "LEATJRN1", number u64, salt u64, next salt u64, first cut u64, CRC-32C u32
//   record = magic u32, CRC-32C u32 of what follows, size u32 of the payload, salt u64, cut u64,
//   payload
//
// (all little-endian). The files are preallocated and used again: an old lap's records, and user
// bytes that look like a record, lack the file's salt, which is random. A record never shares a
// block with another, so writing one cannot tear a durable one.
//
//   CHECKPOINT (cut 40) ─▶ 7.journal: 41 42 43 … 90 ─▶ 8.journal: 91 92 ┊ torn, or nothing
//
// The checkpoint names the first file and its salt. A full file is followed by the one with the
// next number, whose salt its header foretold. Cuts go on by one. No byte of a record is written
// before the sync of the record before it returned, so a crash can tear at most the last one: where
// the run of good records ends and a good one follows, something was damaged that had been durable.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/fs.h"
#include "log/base/ids.h"
#include "log/base/status.h"

namespace leat::log {

inline constexpr uint64_t kJournalBlockBytes = 4096;
inline constexpr size_t kJournalRecordHeaderBytes = 28;

// Which file, and the salt that its records carry.
struct JournalId {
  uint64_t number = 0;
  uint64_t salt = 0;

  friend bool operator==(const JournalId&, const JournalId&) = default;
};

uint64_t random_salt();

// The size of a journal file that has room for a record of RECORD_BYTES.
uint64_t journal_bytes_for(uint64_t record_bytes);

// A record under construction: room for the header, then the payload.
std::string begin_journal_record();

// Writes one journal file. One thread.
class JournalWriter {
 public:
  // Takes FILE (of any contents) over as the journal ID: writes its header, which with the file's
  // name is the caller's to sync before the first record. FILE is at least SIZE bytes of allocated
  // room.
  static Result<std::unique_ptr<JournalWriter>> start(std::unique_ptr<File> file, uint64_t size,
                                                      JournalId id, uint64_t next_salt,
                                                      CutId cut_first);

  const JournalId& id() const { return id_; }
  JournalId next_id() const { return {id_.number + 1, next_salt_}; }
  uint64_t size() const { return size_; }
  uint64_t used() const { return at_; }
  bool fits(size_t record_bytes) const;
  bool has_records() const { return at_ > kJournalBlockBytes; }

  // Writes RECORD (begin_journal_record and the payload), whose header it fills in, at the end. May
  // be tried again after an error.
  Status write(CutId cut, std::string& record);
  // After an error the log must end: see File::sync.
  Status sync() { return file_->sync(); }
  // The record that was written counts; the next goes behind it.
  void advance(size_t record_bytes);

 private:
  JournalWriter(std::unique_ptr<File> file, uint64_t size, JournalId id, uint64_t next_salt)
      : file_(std::move(file)), size_(size), id_(id), next_salt_(next_salt) {}

  std::unique_ptr<File> file_;
  uint64_t size_;
  JournalId id_;
  uint64_t next_salt_;
  uint64_t at_ = kJournalBlockBytes;
};

// What one journal file holds.
struct JournalScan {
  bool header_ok = false;
  // Of the format. Whatever else the scan finds then means nothing.
  bool is_other_version = false;
  JournalId id;
  JournalId next;
  CutId cut_first;
  std::vector<std::string_view> payloads;  // of the run from cut_first on; into the scanned bytes
  // A record that verifies stands behind the end of the run: damage, not a torn tail.
  bool good_record_behind = false;
};

// Scans BYTES, the whole file that should be the journal ID.
JournalScan scan_journal(std::string_view bytes, JournalId id);

}  // namespace leat::log
