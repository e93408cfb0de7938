// DECIMAL as the binlog holds it: nine digits in four big-endian bytes, the digits left over at
// each end in as few bytes as hold them; the top bit says that it is positive, and all bits of a
// negative one are inverted.
// decimal2bin, strings/decimal.cc of MySQL
#pragma once

#include <cstdint>
#include <string_view>

#include "log/base/status.h"
#include "log/model/numeric.h"

namespace leat::cdc::mysql {

// BYTES are decimal_bytes(PRECISION, SCALE) many. An error where nine digits' bytes hold more.
Result<Numeric> decode_decimal(std::string_view bytes, uint32_t precision, uint32_t scale);

}  // namespace leat::cdc::mysql
