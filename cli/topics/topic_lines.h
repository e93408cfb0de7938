// A topic's changes as Debezium JSON lines: what `leat topic cat` prints, whoever reads the log.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cli/topics/topic_history.h"
#include "log/base/status.h"
#include "log/change_log.h"

namespace leat::cli {

struct TopicLinesOptions {
  std::string topic;
  HistoryStart from = {};
  bool follow = false;            // waits for more at the end
  std::function<bool()> closing;  // with follow: looked at several times a second; true ends it
  // Whoever resumes: the generation read before. Where it was replaced meanwhile, a truncate event
  // comes first.
  GenerationId generation_before = {};
  // Where it is not empty: told, after the lines before it, that everything up to a cut has been
  // given; about once a second, and when there is nothing more for now. An error ends the writing.
  std::function<Status(CutId passed, GenerationId generation)> mark = {};
};

// Takes whole lines; an error ends the writing.
using LinesSink = std::function<Status(std::string_view lines)>;

// The last line of a stream of lines that ends before its end, for who reads them over a
// connection; no change begins like it.
std::string error_line(const Error& error);
// What it says, where LINE is one.
std::optional<std::string> read_error_line(std::string_view line);

Status write_topic_lines(log::ChangeLog& log, const TopicLinesOptions& options,
                         const LinesSink& sink);

}  // namespace leat::cli
