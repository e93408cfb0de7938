// Which file (pg_relation_filenode) each captured generation's table was last seen with, as the log
// keeps it: so that a rewrite while nobody looked is noticed. It stands beside the source's
// position under a name of its own, "SOURCE.files".
//
//   files = u8 1 | count varint | (generation varint, file varint)…
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "log/base/ids.h"
#include "log/base/status.h"

namespace leat::cdc {

using TableFiles = std::map<GenerationId, uint32_t>;

std::string table_files_name(const std::string& source);
std::string encode_table_files(const TableFiles& files);
Result<TableFiles> decode_table_files(std::string_view bytes);

}  // namespace leat::cdc
