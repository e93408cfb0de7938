// MySQL's and MariaDB's geometries (SRID, then WKB) as EWKB, PostGIS's form of WKB that can hold an
// SRID.
#pragma once

#include <string>
#include <string_view>

#include "log/base/status.h"

namespace leat::cdc::mysql {

// Appends BYTES as EWKB: WKB itself where the SRID is 0. An error where they are too short for a
// geometry.
Status append_ewkb(std::string_view bytes, std::string* out);

}  // namespace leat::cdc::mysql
