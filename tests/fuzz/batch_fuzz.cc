// Any bytes are a record batch, an index, or an error; with the checksum made right, so that what
// it covers is read too.
#include <algorithm>

#include "log/base/bytes.h"
#include "log/base/check.h"
#include "log/base/hash.h"
#include "log/batch.h"
#include "log/compression.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace leat;
using namespace leat::log;

constexpr size_t kCrcAt = 17;
constexpr size_t kAttributesAt = 21;

void read(std::string_view bytes) {
  auto batch = parse_batch(bytes);
  if (!batch.ok()) return;
  std::vector<RecordView> records;
  if (!append_records(*batch, batch->base, &records).ok()) return;
  for (const RecordView& record : records) {
    LEAT_CHECK(record.offset >= batch->base && record.offset < batch->end);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  BatchCodec codec = input.byte() % 2 == 0 ? BatchCodec::lz4 : BatchCodec::zstd;
  std::string bytes(input.rest());
  (void)batch_size(bytes).ok();
  read(bytes);
  if (bytes.size() > kAttributesAt) {
    std::string_view covered = std::string_view(bytes).substr(kAttributesAt);
    store_be(bytes.data() + kCrcAt, crc32c(covered));
    read(bytes);
  }
  constexpr uint64_t kBytesMax = 1 << 20;
  auto unpacked = decompress(codec, bytes, kBytesMax);
  LEAT_CHECK(!unpacked.ok() || unpacked->bytes.size() <= kBytesMax);
  return 0;
}
