// Topic edits as bytes, inside a cut's record.
#pragma once

#include <string>

#include "log/base/bytes.h"
#include "log/base/status.h"
#include "log/change_log.h"

namespace leat::log {

void append_topic_edit(const TopicEdit& edit, std::string* out);
// From a disk: what does not parse is a permanent error.
Result<TopicEdit> read_topic_edit(ByteReader& in);

}  // namespace leat::log
