// Any bytes are a stored schema, a change's value or header, or an error.
#include "log/base/check.h"
#include "log/model/change.h"
#include "log/model/schema.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace leat;
  std::string_view bytes = fuzz::Input(data, size).rest();
  if (auto schema = decode_schema(bytes); schema.ok()) {
    auto again = decode_schema(encode_schema(*schema));
    LEAT_CHECK(again.ok() && *again == *schema);
  }
  if (auto header = decode_change_header(bytes); header.ok()) {
    std::string encoded;
    append_change_header(*header, &encoded);
    LEAT_CHECK(decode_change_header(encoded).ok());
  }
  (void)decode_change_value(bytes).ok();
  return 0;
}
