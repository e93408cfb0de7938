// PostgreSQL's clock counts microseconds from 2000-01-01 UTC; Leat's from 1970-01-01.
#pragma once

#include <cstdint>

namespace leat::cdc {

inline constexpr int64_t kPostgresEpochUnixUs = 946'684'800'000'000;

constexpr int64_t unix_us_of_postgres(int64_t us) {
  return us + kPostgresEpochUnixUs;
}
constexpr int64_t postgres_us_of_unix(int64_t us) {
  return us - kPostgresEpochUnixUs;
}

}  // namespace leat::cdc
