#include "cli/control/record_stream.h"

#include "cli/control/consumer_mark.h"

namespace leat::cli {

Status send_topic_lines(log::ChangeLog& log, TopicLinesOptions options, Marks marks,
                        views::serve::HttpStream& stream) {
  bool has_begun = false;
  auto write = [&](std::string_view bytes) {
    has_begun = true;
    return stream.write(bytes);
  };
  options.closing = [&stream] { return stream.closing(); };
  if (marks == Marks::between_cuts) {
    options.mark = [&, incarnation = log.state()->incarnation](CutId cut, GenerationId generation) {
      return write(mark_line({cut, generation, incarnation}));
    };
  }
  Status done = write_topic_lines(log, options, write);
  if (!done.ok() && has_begun) (void)stream.write(error_line(done.error()));
  return done;
}

bool RecordLines::add(std::string_view bytes, const Take& take) {
  size_t end = bytes.rfind('\n');  // what is here of the line is long at times, and has none
  if (end != std::string::npos) end += rest_.size();
  rest_ += bytes;
  if (end == std::string::npos) return true;
  std::string lines = rest_.substr(0, end + 1);
  rest_.erase(0, end + 1);
  size_t before_last = end == 0 ? std::string::npos : lines.rfind('\n', end - 1);
  size_t last = before_last == std::string::npos ? 0 : before_last + 1;
  if (auto message = read_error_line(std::string_view(lines).substr(last))) {
    status_ = Error::permanent(*message);
    lines.resize(last);
  }
  return (lines.empty() || take(lines)) && status_.ok();
}

}  // namespace leat::cli
