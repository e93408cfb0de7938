// Counts and sizes as a person reads them. KB, MB … are powers of 1024, as in PostgreSQL's
// settings.
#pragma once

#include <cstdint>
#include <string>

namespace leat {

std::string count_text(uint64_t count);  // 2,010,221
std::string bytes_text(uint64_t bytes);  // 0 B, 88 MB, 1,024 MB, 2.5 GB

}  // namespace leat
