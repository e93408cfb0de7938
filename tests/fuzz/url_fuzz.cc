// Any text is the target of a request or an error; its parts survive being escaped again.
#include "log/base/check.h"
#include "tests/fuzz/fuzz_input.h"
#include "views/serve/url.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace leat;
  using namespace leat::views::serve;
  auto url = parse_url_target(fuzz::Input(data, size).rest());
  if (!url.ok()) return 0;
  std::string path;
  for (const std::string& part : url->parts) path += "/" + url_escape(part);
  auto again = parse_url_target(path);
  LEAT_CHECK(again.ok());
  LEAT_CHECK(again->parts == url->parts);
  return 0;
}
