// The life of a source, whichever the database:
//
//          ┌────────────── transient error: wait, longer each time ──────────────┐
//          ▼                                                                     │
//   connect, check ──▶ no position yet, or resnapshot() ──▶ snapshot ────────────┤
//          │                                                    │                │
//          │ the log has a position                             ▼                │
//          └──────────────▶ take the tables up, check the position ──▶ stream ───┘
//
//   A permanent error stops it: the state says why, and a person acts (or calls resnapshot()).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "cdc/retry.h"
#include "cdc/source.h"
#include "cdc/status_board.h"
#include "cdc/stop_signal.h"
#include "log/base/status.h"

namespace leat::cdc {

// What a source's work sees of the thread that it runs in.
class SourceControl {
 public:
  explicit SourceControl(std::string source) : board_(std::move(source)) {}

  // Ends what the thread waits for: stop() or resnapshot().
  const StopSignal& wake() const { return wake_; }
  StatusBoard& board() { return board_; }
  // Every table is to be copied anew. A copy answers what was asked before it began, no more: what
  // is asked while it runs may be because of what was mended since.
  bool wants_resnapshot() const { return asked_.load() != answered_; }
  void resnapshot_begins() { begun_ = asked_.load(); }
  void resnapshot_done() { answered_ = begun_; }

  void show_connecting() { show(SourceState::connecting); }
  // It works: the next failure is the first again.
  void show_streaming() {
    show(SourceState::streaming);
    backoff_.reset();
  }

 private:
  friend class SourceThread;
  void show(SourceState state);

  StopSignal wake_;
  std::atomic<bool> ending_{false};
  std::mutex asking_;               // the signal and asked_ change together
  std::atomic<uint64_t> asked_{0};  // how often resnapshot() was called
  uint64_t begun_ = 0;
  uint64_t answered_ = 0;
  StatusBoard board_;
  Backoff backoff_;
};

// One kind of source's own part; all of it runs in the source's thread.
class SourceWork {
 public:
  virtual ~SourceWork() = default;
  // Connects and works until the signal is raised (good) or something fails.
  virtual Status attempt(SourceControl& control) = 0;
  // The connection is gone: what was open will be sent again.
  virtual void connection_lost() = 0;
};

std::unique_ptr<Source> make_source(std::string name, std::unique_ptr<SourceWork> work);

}  // namespace leat::cdc
