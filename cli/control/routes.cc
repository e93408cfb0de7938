#include "cli/control/routes.h"

#include <spdlog/fmt/fmt.h>

#include <charconv>
#include <optional>

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

// The value of the query's NAME, WHAT it must be; none where it is not there.
template <class Number>
Result<std::optional<Number>> number_of(const HttpRequest& request, const char* name,
                                        const char* what) {
  auto found = request.query.find(name);
  if (found == request.query.end()) return std::optional<Number>();
  const std::string& text = found->second;
  Number number = 0;
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  bool good = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && number >= 0;
  if (good) return std::optional(number);
  return Error::permanent(fmt::format("{} must be {}, not '{}'", name, what, text));
}

Result<HistoryStart> start_of(const HttpRequest& request) {
  HistoryStart start;
  LEAT_ASSIGN_OR_RETURN(auto cut, number_of<uint64_t>(request, "from", "the number of a cut"));
  LEAT_ASSIGN_OR_RETURN(start.time_ms,
                        number_of<int64_t>(request, "since_ms", "milliseconds since 1970"));
  LEAT_ASSIGN_OR_RETURN(auto partition,
                        number_of<int32_t>(request, "partition", "the number of a partition"));
  LEAT_ASSIGN_OR_RETURN(auto offset, number_of<int64_t>(request, "offset", "an offset"));
  if ((cut ? 1 : 0) + (start.time_ms ? 1 : 0) + (offset ? 1 : 0) > 1) {
    return Error::permanent("from, since_ms and offset each say where to begin: give one");
  }
  if (offset && !partition) return Error::permanent("an offset is one of a partition: name it");
  start.cut = CutId(cut.value_or(0));
  if (partition) start.partition = PartitionIndex(*partition);
  start.offset = Offset(offset.value_or(0));
  return start;
}

Status send_records(log::ChangeLog& log, const HttpRequest& request, HttpStream& stream) {
  TopicLinesOptions options;
  options.topic = request.params.at("name");
  LEAT_ASSIGN_OR_RETURN(options.from, start_of(request));
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
