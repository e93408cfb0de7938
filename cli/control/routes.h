// What the running process answers over HTTP: to the command line on its socket, to everybody on
// listen.http.
//
//   GET  /status                    cli/status_report.h as JSON
//   GET  /metrics                   the same for Prometheus
//   GET  /topics, /topics/{name}    cli/topics/topic_report.h as JSON
//   GET  /topics/{name}/records     a Debezium JSON object a line, in commit order
//                                   ?from=CUT: only changes after it; ?follow=1: without an end.
//                                   {"error":"…"} as the last line: it cannot go on (topic deleted)
//   POST /query                     the body is a SELECT; cli/text/query_result.h as JSON
//
// Only on the socket, whose directory says who may:
//   POST /sources/{name}/resnapshot copies the source's tables anew
#pragma once

#include <functional>

#include "cli/status_report.h"
#include "log/local_log.h"
#include "views/serve/http.h"
#include "views/serve/query_service.h"

namespace leat::cli {

// What the routes ask; must outlive the server. Every member is safe for any thread.
struct RouteContext {
  log::LocalLog& log;
  const views::serve::QueryService& queries;
  std::function<StatusReport()> status;
  // Copies a source's tables anew; an error where there is no such source.
  std::function<Status(const std::string& source)> resnapshot;
};

// Before the server listens.
void register_routes(views::serve::HttpServer& server, const RouteContext& context);
void register_control_routes(views::serve::HttpServer& server, const RouteContext& context);

}  // namespace leat::cli
