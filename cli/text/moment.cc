#include "cli/text/moment.h"

#include <algorithm>
#include <string>

#include "cli/text/duration.h"
#include "log/model/datetime.h"

namespace leat::cli {
namespace {

constexpr int64_t kMsFrom1970To2000 = 946'684'800'000;

}  // namespace

Result<int64_t> parse_moment_ms(std::string_view text, int64_t now_ms) {
  if (auto ago = parse_duration_ms(text)) return now_ms - std::min(*ago, now_ms);
  auto time = parse_timestamptz(text);
  if (time.ok() && *time > INT64_MIN && *time < INT64_MAX) return *time / 1000 + kMsFrom1970To2000;
  return Error::permanent("'" + std::string(text) +
                          "' is no time: write how long ago (90s, 15min, 12h, 7d), or "
                          "'2026-11-22 20:00:00' (UTC where no zone is said)");
}

}  // namespace leat::cli
