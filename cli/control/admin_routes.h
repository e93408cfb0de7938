// What changes the log or its copies, for the command line. Only on the socket, whose directory
// says who may:
//
//   POST /topics                    a new topic as JSON
//   POST /topics/{name}/settings    NAME=VALUE lines
//   POST /topics/{name}/delete
//   POST /topics/{name}/append      ?line=N: JSON lines, the first of which is the Nth, as one cut
//   POST /views/{name}/rebuild      builds the view once more from the log
//   POST /views/{name}/drop         one whose file is gone
//   GET  /consumers                 cli/topics/consumers.h as JSON
//   GET  /consumers/{name}/records  ?topic=TOPIC[&follow=1]: what the consumer has not committed,
//                                   as /topics/{name}/records gives it; between cuts a mark
//   POST /consumers/{name}/commit   a mark (consumer_mark.h): what came before it is not given
//   again POST /consumers/{name}/reset    ?cut=N POST /consumers/{name}/drop POST /log/backup
//   ?to=DIR: a JSON object a line, how far it is; then the result POST /log/compact ?topic=TOPIC:
//   the same (compaction_lines.h)
#pragma once

#include <functional>

#include "cli/config/config.h"
#include "cli/topics/topic_admin.h"
#include "cli/topics/topic_append.h"
#include "compaction/cleaner.h"
#include "log/local_log.h"
#include "views/serve/http.h"

namespace leat::cli {

// Must outlive the server. Every member is safe for any thread.
struct AdminContext {
  log::LocalLog& log;
  TopicAppender& appender;
  compaction::Cleaner& cleaner;
  const Config& config;
  std::function<TopicViews()> views;
  std::function<Status(const std::string& view)> rebuild_view;
  std::function<Status(const std::string& view)> drop_view;
};

// Before the server listens.
void register_admin_routes(views::serve::HttpServer& server, const AdminContext& context);

// What the socket's server must take: a batch of lines is the longest.
inline constexpr size_t kControlBodyBytesMax = 2 * kAppendLineBytesMax;

// 400, or 503 where trying again may help or it is not known whether it was done.
views::serve::HttpResponse refusal(const Error& error);
// To a request that only changes something: {}, or a refusal.
views::serve::HttpResponse answer(const Status& status);

// One line of a backup's answer, and back.
std::string backup_progress_line(uint64_t bytes_done, uint64_t bytes_total);
std::string backup_result_line(const Result<log::CopySummary>& result);
// The result, where LINE is the last one; otherwise PROGRESS is told.
std::optional<Result<log::CopySummary>> read_backup_line(std::string_view line,
                                                         const log::CopyProgress& progress);

std::string new_topic_json(const NewTopic& topic);

// The answer to appended lines: how many records they are.
Result<uint64_t> parse_appended_json(const std::string& json);

// In a file of their own.
void register_consumer_routes(views::serve::HttpServer& server, log::LocalLog& log);

}  // namespace leat::cli
