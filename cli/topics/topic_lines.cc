#include "cli/topics/topic_lines.h"

#include <chrono>
#include <thread>

#include "cli/topics/topic_history.h"
#include "log/model/change_json.h"
#include "log/model/json_text.h"

namespace leat::cli {
namespace {

constexpr size_t kBatchBytes = 64 << 10;
constexpr std::chrono::milliseconds kPollEvery{20};
constexpr std::chrono::seconds kMarkEvery{1};

// Debezium's truncate event: what was given before it is no longer in the table.
std::string replaced_line(const std::string& topic) {
  std::string line = "{\"before\":null,\"after\":null,\"op\":\"t\",\"source\":{\"topic\":";
  append_json_string(topic, &line);
  return line + "}}\n";
}

class LineWriter {
 public:
  LineWriter(log::ChangeLog& log, const TopicLinesOptions& options, const LinesSink& sink)
      : log_(log),
        topic_(options.topic),
        sink_(sink),
        mark_(options.mark),
        generation_(options.generation_before) {}

  // What is given from now on is of GENERATION.
  void enter(GenerationId generation) {
    if (generation_ != GenerationId() && generation != generation_) lines_ += replaced_line(topic_);
    generation_ = generation;
  }

  // Of a generation of SCHEMA.
  Status add(const TopicHistory::Entry& entry, SchemaId schema) {
    RecordParts parts{topic_,
                      entry.partition,
                      entry.record.offset,
                      entry.record.timestamp_ms,
                      entry.record.value,
                      entry.record.change_header,
                      entry.record.key,
                      schema};
    LEAT_RETURN_IF_ERROR(append_change_json(
        parts, [this](SchemaId id) { return log_.schema(id); }, &lines_));
    lines_ += '\n';
    return lines_.size() < kBatchBytes ? Status() : flush();
  }

  Status flush() {
    if (lines_.empty()) return {};
    LEAT_RETURN_IF_ERROR(sink_(lines_));
    lines_.clear();
    return {};
  }

  // Everything up to PASSED has been added; IDLE: nothing follows for now, or else an entry does.
  // From the second of those on they stand behind PASSED: a mark that was left out before the first
  // cannot be made up for.
  Status mark(CutId passed, bool idle) {
    bool is_between_cuts = idle || passed != passed_;
    passed_ = passed;
    auto now = std::chrono::steady_clock::now();
    if (!mark_ || !is_between_cuts || passed <= marked_ || (!idle && now - marked_at_ < kMarkEvery))
      return {};
    marked_ = passed;
    marked_at_ = now;
    LEAT_RETURN_IF_ERROR(flush());
    return mark_(passed, generation_);
  }

 private:
  log::ChangeLog& log_;
  std::string topic_;
  const LinesSink& sink_;
  const std::function<Status(CutId, GenerationId)>& mark_;
  std::string lines_;
  GenerationId generation_;
  CutId passed_;  // as of the last entry
  CutId marked_;
  std::chrono::steady_clock::time_point marked_at_{};
};

constexpr std::string_view kErrorBegins = "{\"error\":";

}  // namespace

std::string error_line(const Error& error) {
  std::string line(kErrorBegins);
  append_json_string(error.message(), &line);
  return line + "}\n";
}

std::optional<std::string> read_error_line(std::string_view line) {
  if (!line.starts_with(kErrorBegins)) return std::nullopt;
  auto parsed = parse_json(line);
  auto error = parsed.ok() ? json_member(*parsed, "error") : std::nullopt;
  if (!error || error->kind != JsonKind::string) return std::nullopt;
  auto message = json_string(*error);
  return message.ok() ? std::optional(std::move(*message)) : std::nullopt;
}

Status write_topic_lines(log::ChangeLog& log, const TopicLinesOptions& options,
                         const LinesSink& sink) {
  LEAT_ASSIGN_OR_RETURN(TopicHistory history, TopicHistory::open(log, options.topic, options.from));
  LineWriter writer(log, options, sink);
  for (;;) {
    LEAT_ASSIGN_OR_RETURN(auto entry, history.next());
    // An entry may be the first of a new generation: what was passed is of the one before.
    if (entry) LEAT_RETURN_IF_ERROR(writer.mark(history.passed(), false));
    if (history.generation() != GenerationId()) writer.enter(history.generation());
    if (entry) {
      LEAT_RETURN_IF_ERROR(writer.add(*entry, history.schema()));
      continue;
    }
    LEAT_RETURN_IF_ERROR(writer.mark(history.passed(), true));
    LEAT_RETURN_IF_ERROR(writer.flush());
    if (!options.follow || options.closing()) return {};
    std::this_thread::sleep_for(kPollEvery);
  }
}

}  // namespace leat::cli
