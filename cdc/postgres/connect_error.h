// Why a connection was not made, in words that say what to do.
#pragma once

#include <string>
#include <string_view>

#include "log/base/status.h"

namespace leat::cdc {

// MESSAGE is libpq's, in its verbose form; it names the address, which is left out here.
// NEEDS_PASSWORD: the server asked for one, and there was none.
Error describe_connect_failure(std::string_view message, bool needs_password);

// What libpq says of a connection URI that it cannot read, without what may be a password.
std::string describe_bad_uri(std::string_view message);

}  // namespace leat::cdc
