// A source's connection URI: checked for its form, and made fit to be shown. libpq reads the rest.
#pragma once

#include <string>
#include <string_view>

#include "log/base/status.h"

namespace leat::cli {

// postgresql:// or postgres://, and a database name behind the host.
Status check_postgres_uri(std::string_view uri);

// The URI with every password in it (after the user, or as a parameter) written as ***.
std::string redacted(std::string_view uri);

}  // namespace leat::cli
