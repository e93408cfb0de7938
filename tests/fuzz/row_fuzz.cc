// Any bytes are a row of any columns or an error; a row that decodes has this one encoding, prints,
// and has a key.
#include <vector>

#include "log/base/check.h"
#include "log/model/key.h"
#include "log/model/row.h"
#include "log/model/text_format.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace leat;
  fuzz::Input input(data, size);
  RowType type(input.byte() % 12);
  for (Type& column : type) column = {input.type()};
  std::vector<Datum> values(type.size());
  Arena arena;
  static_cast<void>(decode_key(type, input.rest(), arena, values));
  if (!decode_row(type, input.rest(), values).ok()) return 0;
  std::string again;
  append_row(type, values, &again);
  LEAT_CHECK(again == input.rest());
  for (size_t i = 0; i < type.size(); ++i) {
    if (values[i].is_null()) continue;
    std::string text, key;
    append_text(type[i].id, values[i], &text);
    if (!type_can_be_key(type[i].id)) continue;
    append_key_field(type[i].id, values[i], &key);
    Datum back;
    LEAT_CHECK(decode_key({type[i]}, key, arena, std::span(&back, 1)).ok());
    LEAT_CHECK(compare_datums(type[i].id, back, values[i]) == 0);
  }
  return 0;
}
