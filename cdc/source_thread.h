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
#include <memory>
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
  // Every table is to be copied anew.
  bool wants_resnapshot() const { return resnapshot_.load(); }
  void resnapshot_done() { resnapshot_.store(false); }

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
  std::atomic<bool> resnapshot_{false};
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
