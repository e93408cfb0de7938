// A log whose journal and segments are so small that a few units fill them, for tests that touch
// every byte of its files.
#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <memory>

#include "log/local_log.h"
#include "tests/support/log_model.h"
#include "tests/support/recording_fs.h"

namespace leat::test {

inline log::LocalLogOptions small_log(Fs& fs) {
  log::LocalLogOptions options{.fs = fs, .clock = Clock::system(), .dir = "/data"};
  options.journal_bytes = 48 << 10;
  options.segment_bytes_max = 1500;
  options.inline_bytes_max = 1000;
  options.on_fatal = [](const Error&) {};
  return options;
}

// Writes UNITS of MODEL's, each durable, to a log on DISK; then closes or kills it.
inline void write_small_log(const std::shared_ptr<SimulatedDisk>& disk, LogModel& model,
                            size_t units, bool closed) {
  RecordingFs fs(disk);
  auto log = *log::LocalLog::open(small_log(fs));
  for (size_t i = 0; i < units; ++i) {
    auto ticket = *log->submit(model.next_unit(*log, 1000));
    REQUIRE(*log->wait_durable(ticket, std::chrono::seconds(10)));
  }
  if (closed) REQUIRE(log->close().ok());
  fs.kill();
}

}  // namespace leat::test
