// Any bytes are a message or an error, and what a message views lies inside them.
#include <cstdint>
#include <string_view>

#include "cdc/postgres/pgoutput.h"

namespace {

void walk(const leat::cdc::pgoutput::Tuple& tuple) {
  volatile char last = 0;
  tuple.for_each([&](size_t, leat::cdc::pgoutput::ColumnValue value) {
    if (!value.bytes.empty()) last = value.bytes.back();
  });
  (void)last;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace leat::cdc::pgoutput;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (bool in_stream : {false, true}) {
    auto message = decode(bytes, in_stream);
    if (!message.ok()) continue;
    if (const auto* insert = std::get_if<Insert>(&*message)) walk(insert->after);
    if (const auto* remove = std::get_if<Delete>(&*message)) walk(remove->before);
    if (const auto* update = std::get_if<Update>(&*message)) {
      walk(update->before);
      walk(update->after);
    }
  }
  return 0;
}
