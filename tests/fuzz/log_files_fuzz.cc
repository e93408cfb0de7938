// Any bytes are a checkpoint, a journal file, a cut's record or an index, or an error: also behind
// checksums that are right.
#include "log/base/bytes.h"
#include "log/base/check.h"
#include "log/base/hash.h"
#include "log/checkpoint.h"
#include "log/cut_record.h"
#include "log/journal.h"
#include "log/segment_index.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace leat;
using namespace leat::log;

void read_checkpoint_of(std::string_view payload) {
  (void)decode_checkpoint(payload).ok();
  std::string file = "LEATCKP1";
  append_le(&file, uint64_t{payload.size()});
  file += payload;
  append_le(&file, crc32c(file));
  auto checkpoint = decode_checkpoint(file);
  if (checkpoint.ok()) LEAT_CHECK(decode_checkpoint(encode_checkpoint(*checkpoint)).ok());
}

void read_cut(std::string_view payload) {
  ByteReader in(payload);
  auto record = read_cut_record(in);
  if (!record.ok()) return;
  std::string again;
  append_cut_record(*record, &again);
  ByteReader in_again(again);
  LEAT_CHECK(read_cut_record(in_again).ok() && in_again.done());
}

// A file with a good header, and a record of PAYLOAD where its bytes begin.
void read_journal(std::string_view payload) {
  JournalId id{1, 7};
  (void)scan_journal(payload, id).payloads.size();
  std::string file = "LEATJRN1";
  append_le(&file, id.number);
  append_le(&file, id.salt);
  append_le(&file, uint64_t{8});
  append_le(&file, uint64_t{1});
  append_le(&file, crc32c(file));
  file.resize(kJournalBlockBytes, '\0');
  file += payload;
  JournalScan scan = scan_journal(file, id);
  LEAT_CHECK(scan.header_ok);
  for (std::string_view each : scan.payloads) LEAT_CHECK(each.size() <= payload.size());
}

void read_index(std::string_view bytes) {
  size_t third = bytes.size() / 3;
  IndexFiles files{std::string(bytes.substr(0, third / 8 * 8)),
                   std::string(bytes.substr(third, third / 12 * 12)), "LEATCIX1"};
  append_le(&files.cuts, uint64_t{1} << 30);
  append_le(&files.cuts, crc32c(files.offsets));
  append_le(&files.cuts, crc32c(files.times));
  append_le(&files.cuts, static_cast<uint32_t>(third / 8));
  std::string entries(bytes.substr(2 * third));
  entries.resize(third / 8 * 12);
  files.cuts += entries;
  append_le(&files.cuts, crc32c(files.cuts));
  auto index = decode_index(files, Offset(5));
  if (index.ok()) LEAT_CHECK(decode_index(encode_index(*index, Offset(5)), Offset(5)).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  uint8_t which = input.byte();
  switch (which % 4) {
    case 0:
      read_checkpoint_of(input.rest());
      break;
    case 1:
      read_cut(input.rest());
      break;
    case 2:
      read_journal(input.rest());
      break;
    default:
      read_index(input.rest());
  }
  return 0;
}
