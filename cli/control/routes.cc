#include "cli/control/routes.h"

#include <charconv>

#include "cli/control/query.h"
#include "cli/control/record_stream.h"
#include "cli/topics/topic_report.h"

namespace leat::cli {
namespace {

using views::serve::HttpRequest;
using views::serve::HttpResponse;
using views::serve::HttpServer;
using views::serve::HttpStream;

void register_status(HttpServer& server, const RouteContext& context) {
  server.route("GET", "/status", [status = context.status](const HttpRequest&) {
    return HttpResponse::json(status_json(status()));
  });
  server.route("GET", "/metrics", [status = context.status](const HttpRequest&) {
    HttpResponse response = HttpResponse::text(metrics_text(status()));
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return response;
  });
}

Result<CutId> from_of(const HttpRequest& request) {
  auto found = request.query.find("from");
  if (found == request.query.end()) return CutId(0);
  const std::string& text = found->second;
  uint64_t cut = 0;
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), cut);
  bool good = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
  if (good) return CutId(cut);
  return Error::permanent("from must be the number of a cut, not '" + text + "'");
}

Status send_records(log::ChangeLog& log, const HttpRequest& request, HttpStream& stream) {
  TopicLinesOptions options;
  options.topic = request.params.at("name");
  LEAT_ASSIGN_OR_RETURN(options.from, from_of(request));
  options.follow = request.query.contains("follow");
  return send_topic_lines(log, std::move(options), Marks::none, stream);
}

void register_topics(HttpServer& server, const RouteContext& context) {
  log::LocalLog& log = context.log;
  server.route("GET", "/topics", [&log](const HttpRequest&) {
    return HttpResponse::json(topics_json(topic_reports(log)));
  });
  server.route("GET", "/topics/{name}", [&log](const HttpRequest& request) {
    auto report = topic_report(log, request.params.at("name"));
    if (!report.ok()) return HttpResponse::error(404, report.error().message());
    return HttpResponse::json(topics_json({*report}));
  });
  server.stream("GET", "/topics/{name}/records", "application/x-ndjson",
                [&log](const HttpRequest& request, HttpStream& stream) {
                  return send_records(log, request, stream);
                });
}

}  // namespace

void register_routes(HttpServer& server, const RouteContext& context) {
  register_status(server, context);
  register_topics(server, context);
  server.route("POST", "/query", [&queries = context.queries](const HttpRequest& request) {
    auto result = run_one_query(queries, request.body, request.closing);
    if (!result.ok()) return HttpResponse::error(400, result.error().message());
    return HttpResponse::json(query_result_json(*result));
  });
}

void register_control_routes(HttpServer& server, const RouteContext& context) {
  server.route("POST", "/sources/{name}/resnapshot",
               [resnapshot = context.resnapshot](const HttpRequest& request) {
                 Status begun = resnapshot(request.params.at("name"));
                 if (!begun.ok()) return HttpResponse::error(404, begun.error().message());
                 return HttpResponse::json("{}");
               });
}

}  // namespace leat::cli
