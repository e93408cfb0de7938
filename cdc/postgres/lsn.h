#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "log/base/ids.h"

namespace leat::cdc {

// A place in PostgreSQL's WAL.
using Lsn = StrongId<struct LsnTag, uint64_t>;

// PostgreSQL's X/Y in hexadecimal.
std::string to_text(Lsn lsn);
std::optional<Lsn> parse_lsn(std::string_view text);

}  // namespace leat::cdc
