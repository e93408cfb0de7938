// A topic's changes as Debezium JSON lines: what `leat topic cat` prints, whoever reads the log.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "log/base/status.h"
#include "log/change_log.h"

namespace leat::cli {

struct TopicLinesOptions {
  std::string topic;
  CutId from;                     // only changes after this cut; 0: all
  bool follow = false;            // waits for more at the end
  std::function<bool()> closing;  // with follow: looked at several times a second; true ends it
};

// Takes whole lines; an error ends the writing.
using LinesSink = std::function<Status(std::string_view lines)>;

Status write_topic_lines(log::ChangeLog& log, const TopicLinesOptions& options,
                         const LinesSink& sink);

}  // namespace leat::cli
