// How a stream is doing, said on the status board every second.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cdc/ingest_session.h"
#include "cdc/status_board.h"

namespace leat::cdc {

class StreamReport {
 public:
  // Both must outlive it.
  StreamReport(StatusBoard* status, IngestSession* session);

  bool is_due() const;
  // POSITION: up to where everything is durable. NOT_CAPTURED: tables that match the patterns and
  // are not captured, and why. HEARD_AT: the server's last word.
  void publish(const std::string& position, uint64_t behind_bytes,
               std::chrono::nanoseconds heard_at, const std::vector<StoppedTable>& not_captured);

 private:
  StatusBoard* status_;
  IngestSession* session_;
  std::chrono::nanoseconds published_at_;
  uint64_t changes_at_publish_;
};

}  // namespace leat::cdc
