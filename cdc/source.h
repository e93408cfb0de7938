// What the program sees of a reader, whichever database it reads.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "log/base/status.h"

namespace leat::cdc {

enum class SourceState : uint8_t {
  connecting,
  snapshotting,
  streaming,
  retrying,  // a transient error; it goes on by itself
  stopped,   // a permanent error; a person must act
};

const char* to_text(SourceState state);

struct TableProgress {
  std::string table;  // schema.table
  uint64_t rows_done = 0;
  uint64_t rows_estimated = 0;
  bool done = false;
};

struct StoppedTable {
  std::string table;
  std::string reason;
};

struct SourceStatus {
  std::string name;
  std::string server;  // "PostgreSQL 15.20 at localhost:5432/shop"
  SourceState state = SourceState::connecting;
  std::string last_error;  // for retrying and stopped; what it waits for while connecting
  std::string position;    // as the database prints it; empty before the first
  uint64_t behind_bytes = 0;
  // Age of the oldest change not yet durable here, or how long nothing was heard of the server, for
  // then nobody knows; 0 when caught up.
  int64_t behind_us = 0;
  std::chrono::nanoseconds heard_at{0};  // monotonic: the last word of the server, or the start
  uint64_t changes_total = 0;
  uint64_t transactions_total = 0;
  double changes_per_second = 0;
  std::vector<TableProgress> snapshot;  // while snapshotting
  std::vector<StoppedTable> stopped_tables;
};

// A server is heard of every 10 s at least; from 15 s on its silence counts as being behind.
void add_silence(std::chrono::nanoseconds now, SourceStatus* status);

// A running reader: one thread of its own from start() to stop(). Errors after start() show in
// status(), never stop the process.
class Source {
 public:
  virtual ~Source() = default;  // stops
  virtual void start() = 0;
  // Ends reading at a transaction boundary, waits for what was submitted to be durable,
  // acknowledges it, and joins the thread. Within a few seconds.
  virtual void stop() = 0;
  // Copies every table anew into new generations and streams on from there; the topics answer as of
  // their last cut until the copies are in. Returns at once; status() shows the progress.
  virtual void resnapshot() = 0;
  virtual SourceStatus status() const = 0;  // any thread
};

}  // namespace leat::cdc
