// Appending records from outside to a stream topic: what `leat topic append` asks of an open log,
// in this process or over the socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "log/base/clock.h"
#include "log/base/status.h"
#include "log/local_log.h"

namespace leat::cli {

// Who sends lines ends a batch here; one that is longer is a batch of its own.
inline constexpr size_t kAppendBatchBytes = 1 << 20;
inline constexpr size_t kAppendLineBytesMax = 4 << 20;

// The one writer of stream topics' records; one a process. LOG and CLOCK must outlive it.
class TopicAppender {
 public:
  TopicAppender(log::LocalLog& log, const Clock& clock) : log_(log), clock_(clock) {}

  // Commits LINES, a JSON object each (cli/topics/json_record.h; blank lines are skipped), as one
  // cut, and returns how many records they are when it is durable. A permanent error: nothing of
  // them is written; it names the line, counted from FIRST_LINE. A transient one: it is not known
  // whether they will be: a minute has passed, or CLOSING, which is looked at several times a
  // second, has ended the wait. Any thread; one batch at a time.
  Result<uint64_t> append(
      const std::string& topic, std::string_view lines, uint64_t first_line,
      const std::function<bool()>& closing = [] { return false; });

 private:
  log::LocalLog& log_;
  const Clock& clock_;
  std::mutex appending_;
};

}  // namespace leat::cli
