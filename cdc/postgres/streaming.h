// The replication stream, from START_REPLICATION to the connection's end: messages in, units out,
// the durable position back to the server.
#pragma once

#include <chrono>

#include "cdc/postgres/capture.h"
#include "cdc/postgres/session.h"
#include "cdc/postgres/source.h"
#include "cdc/postgres/table_watch.h"
#include "cdc/status_board.h"
#include "cdc/stop_signal.h"
#include "cdc/stream_report.h"
#include "cdc/unit_pace.h"
#include "log/base/status.h"

namespace leat::cdc {

class Streaming {
 public:
  // All must outlive it.
  Streaming(const PostgresConfig* config, Session* session, Capture* capture, StatusBoard* status,
            const StopSignal* stop);

  // Begins the stream; an error where it cannot be followed.
  Status start();
  // Streams until the stop signal is raised (good) or something fails.
  Status run();

 private:
  using Time = std::chrono::nanoseconds;

  Status take_what_is_here();
  Status on_message(const StreamMessage& message);
  Status before_commit(CommittedTransaction* transaction);
  // What is due by the clock.
  Status housekeeping();
  Status look_at_catalog();
  Status store_idle_position(Time now);
  Status acknowledge(Time now);
  void publish_status();
  std::chrono::milliseconds time_to_wait() const;

  const PostgresConfig* config_;
  Session* session_;
  Capture* capture_;
  const StopSignal* stop_;
  TableWatch watch_;
  UnitPace pace_;
  StreamReport report_;
  const Capture::BeforeCommit before_commit_;

  Lsn server_wal_end_;  // how far the server has read
  Lsn idle_wal_end_;    // a keepalive's: nothing for us up to here
  bool reply_requested_ = false;
  Lsn acknowledged_;
  Time acknowledged_at_{0};
  Time idle_stored_at_{0};
  Time polled_at_{0};
  Time heard_at_;  // the server
};

}  // namespace leat::cdc
