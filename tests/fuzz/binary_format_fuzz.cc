// Any bytes are a value in PostgreSQL's binary format or an error; a value can be stored, printed
// and sent, and comes back the same.
#include "log/base/check.h"
#include "log/model/binary_format.h"
#include "log/model/row.h"
#include "log/model/text_format.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

std::string row_of(leat::TypeId type, const leat::Datum& value) {
  std::string out;
  leat::append_row({{type}}, std::span(&value, 1), &out);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace leat;
  fuzz::Input input(data, size);
  TypeId type = input.type();
  Arena arena;
  auto value = decode_binary({type}, input.rest(), arena);
  if (!value.ok()) return 0;
  std::string text, sent;
  append_text(type, *value, &text);
  append_binary(type, *value, &sent);
  auto again = decode_binary({type}, sent, arena);
  LEAT_CHECK(again.ok());
  std::string row = row_of(type, *value);
  LEAT_CHECK(row_of(type, *again) == row);
  Datum stored;
  LEAT_CHECK(decode_row({{type}}, row, std::span(&stored, 1)).ok());
  return 0;
}
