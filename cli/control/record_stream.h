// A topic's changes over the socket: lines as they come, and an error as the last of them where the
// stream cannot go on, since an answer that has begun has no other way to say why.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cli/topics/topic_lines.h"
#include "log/base/status.h"
#include "views/serve/http.h"

namespace leat::cli {

enum class Marks : unsigned char { none, between_cuts };

// The server's side; returns when the topic ends, the client has gone, or the server stops. An
// error before the first line is the answer's own.
Status send_topic_lines(log::ChangeLog& log, TopicLinesOptions options, Marks marks,
                        views::serve::HttpStream& stream);

// The client's side.
class RecordLines {
 public:
  // Takes whole lines; false: no more are wanted.
  using Take = std::function<bool(std::string_view lines)>;

  // BYTES as they come. False: nothing more is wanted.
  bool add(std::string_view bytes, const Take& take);
  // What the last line says, where it is an error.
  const Status& status() const { return status_; }

 private:
  std::string rest_;
  Status status_;
};

}  // namespace leat::cli
