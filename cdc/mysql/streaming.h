// The binlog's stream, from the dump command to the connection's end: events in, units out.
#pragma once

#include <chrono>
#include <string>

#include "cdc/mysql/capture.h"
#include "cdc/mysql/catalog.h"
#include "cdc/mysql/client.h"
#include "cdc/mysql/connection.h"
#include "cdc/mysql/file_place.h"
#include "cdc/status_board.h"
#include "cdc/stop_signal.h"
#include "cdc/stream_report.h"
#include "cdc/unit_pace.h"
#include "log/base/status.h"

namespace leat::cdc::mysql {

class Streaming {
 public:
  // All must outlive it. CLIENT is asked how far the server is, whose facts SERVER are.
  Streaming(const MysqlConfig* config, BinlogConnection* binlog, Client* client,
            const ServerFacts* server, Capture* capture, StatusBoard* status,
            const StopSignal* stop);

  // Streams until the stop signal is raised or tables want to be copied (good), or something fails.
  Status run();

 private:
  Status stream();
  Status take_what_is_here();
  Status wait(bool was_heard);
  Status wait_event();
  Status housekeeping();
  Result<uint64_t> bytes_behind();
  Status check_reaches_so_far(const FilePlace& end) const;

  const MysqlConfig* config_;
  BinlogConnection* binlog_;
  Client* client_;
  const ServerFacts* server_;
  Capture* capture_;
  const StopSignal* stop_;
  UnitPace pace_;
  StreamReport report_;
  std::chrono::nanoseconds heard_at_;          // the server
  std::chrono::nanoseconds waited_inside_{0};  // of a transaction in pieces: for the network
};

}  // namespace leat::cdc::mysql
