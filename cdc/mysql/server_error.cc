#include "cdc/mysql/server_error.h"

#include <spdlog/fmt/fmt.h>

namespace leat::cdc::mysql {
namespace {

constexpr uint32_t kPositionLost = 1236;  // ER_SOURCE_FATAL_ERROR_READING_BINLOG
constexpr uint32_t kTlsFailed = 2026;     // CR_SSL_CONNECTION_ERROR

// The client library's own (2000 to 2999): it could not reach the server, or lost it.
bool is_client_side(uint32_t number) {
  return number >= 2000 && number < 3000 && number != kTlsFailed;
}

bool passes_by_itself(uint32_t number) {
  switch (number) {
    case 1040:  // too many connections
    case 1053:  // shutting down
    case 1077:  // normal shutdown
    case 1079:  // shutdown complete
    case 1158:  // network errors, seen by the server
    case 1159:
    case 1160:
    case 1161:
    case 1203:  // the user has too many connections
    case 1205:  // waited too long for a lock
    case 1213:  // deadlock
    case 1226:  // the user's resources are used up
    case 1317:  // the query was killed
    case 1412:  // a table was altered behind a snapshot
    case 3169:  // the session was killed
    case 4031:  // idle for too long
      return true;
    default:
      return is_client_side(number);
  }
}

}  // namespace

Error server_error(uint32_t number, std::string_view message) {
  std::string text = fmt::format("the server says: {} ({})", message, number);
  if (is_client_side(number) || number == kTlsFailed)
    text = fmt::format("{} ({})", message, number);
  if (passes_by_itself(number)) return Error::transient(std::move(text));
  if (number == kPositionLost) {
    text +=
        ": it cannot go on from the position that the log holds (the binlog was purged or reset, "
        "or this is another server's history). Either connect to a server that can, or copy the "
        "tables anew: leat source resnapshot";
  }
  return Error::permanent(std::move(text));
}

}  // namespace leat::cdc::mysql
