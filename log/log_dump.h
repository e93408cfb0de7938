// The log's files as text, one fact a line: for people who look for what went wrong.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "log/base/fs.h"
#include "log/base/status.h"
#include "log/log_image.h"

namespace leat::log {

// Takes whole lines; an error ends the dump.
using DumpSink = std::function<Status(std::string_view lines)>;

// One file, told by its first bytes and its name: a checkpoint, a journal, a segment. What does not
// verify is a line that says so with its place, and the dump goes on behind it where it can.
Status dump_file(Fs& fs, const std::string& path, const DumpSink& sink);

// All segments of a topic's generations.
Status dump_topic(LogImage& image, const std::string& topic, const DumpSink& sink);

}  // namespace leat::log
