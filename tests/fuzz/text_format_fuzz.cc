// Any text is a value of a type or an error; a value prints to a text that is the same value.
#include "log/base/check.h"
#include "log/model/row.h"
#include "log/model/text_format.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace leat;
  fuzz::Input input(data, size);
  TypeId type = input.type();
  Arena arena;
  auto value = parse_value(type, input.rest(), arena);
  if (!value.ok()) return 0;
  std::string text, again;
  append_text(type, *value, &text);
  auto back = parse_value(type, text, arena);
  LEAT_CHECK(back.ok());
  append_text(type, *back, &again);
  LEAT_CHECK(again == text);
  std::string row;
  append_row({{type}}, std::span(&*value, 1), &row);
  Datum stored;
  LEAT_CHECK(decode_row({{type}}, row, std::span(&stored, 1)).ok());
  return 0;
}
