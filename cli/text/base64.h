// Base64 (RFC 4648, section 4) as `leat topic cat` prints bytea.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace leat::cli {

// None where TEXT is anything else: another alphabet, spaces, no padding, bits behind the last
// byte.
std::optional<std::string> base64_bytes(std::string_view text);

}  // namespace leat::cli
