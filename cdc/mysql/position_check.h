// Whether a server can go on from a position that the log holds.
#pragma once

#include <string>

#include "cdc/mysql/catalog.h"
#include "cdc/mysql/client.h"
#include "cdc/mysql/stream_position.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// An error says why not, and what a person can do. It is transient where the server may still come
// so far: a replica that has not executed all of it yet.
Status check_position(Client& client, const ServerFacts& server, const StreamPosition& position,
                      const std::string& source);

}  // namespace leat::cdc::mysql
