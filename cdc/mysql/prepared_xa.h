// XA transactions that are prepared on the server just now, and a copy of tables among them.
//
// What such a transaction did is not in a copy that is made while it is prepared. It stands in the
// binlog, where it was prepared: so reading begins early enough to have it.
//
//   prepared before BEGIN: waited for │ BEGIN ── prepared: read ── copy ── committed: known ─▶
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cdc/mysql/binlog/position.h"
#include "cdc/mysql/catalog.h"
#include "cdc/mysql/client.h"
#include "cdc/stop_signal.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

// Their ids, as XA COMMIT takes them. None: the user may not see them (MySQL: XA_RECOVER_ADMIN).
Result<std::optional<std::vector<std::string>>> read_prepared_xa(Client& client);

struct XaBegin {
  Position position;  // every XA transaction that is open later was prepared behind it
  std::optional<std::string> open;  // but for this one, which was waited for in vain
};
// Waits for those that are prepared now, for PATIENCE at most. Those that the user may not see are
// not waited for: where one commits later, its reader says so.
Result<XaBegin> begin_behind_prepared_xa(Client& client, const ServerFacts& server,
                                         std::chrono::milliseconds patience,
                                         const StopSignal& stop);

}  // namespace leat::cdc::mysql
