// Any text is a JSON value or an error; jsonb's form of it is JSON, and its own jsonb form.
#include "log/base/check.h"
#include "log/model/json_text.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace leat;
  auto value = parse_json(fuzz::Input(data, size).rest());
  if (!value.ok()) return 0;
  (void)json_member(*value, "a").has_value();
  (void)json_element(*value, -1).has_value();
  auto printed = to_jsonb_text(*value);
  if (!printed.ok()) return 0;
  auto parsed = parse_json(*printed);
  LEAT_CHECK(parsed.ok());
  LEAT_CHECK(*to_jsonb_text(*parsed) == *printed);
  return 0;
}
