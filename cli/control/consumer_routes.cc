#include <charconv>

#include "cli/control/admin_routes.h"
#include "cli/control/consumer_mark.h"
#include "cli/control/record_stream.h"
#include "cli/topics/consumers.h"

namespace leat::cli {
namespace {

using views::serve::HttpRequest;
using views::serve::HttpResponse;
using views::serve::HttpServer;
using views::serve::HttpStream;

Status send_records(log::LocalLog& log, const HttpRequest& request, HttpStream& stream) {
  auto topic = request.query.find("topic");
  if (topic == request.query.end()) return Error::permanent("say of which topic: ?topic=TOPIC");
  LEAT_ASSIGN_OR_RETURN(ConsumerPosition from,
                        open_consumer(log, request.params.at("name"), topic->second));
  TopicLinesOptions options;
  options.topic = from.topic;
  options.from.cut = from.cut;
  options.follow = request.query.contains("follow");
  options.generation_before = from.generation;
  return send_topic_lines(log, std::move(options), Marks::between_cuts, stream);
}

Status commit(log::LocalLog& log, const std::string& name, const std::string& body) {
  auto known = find_consumer(*log.state(), name);
  if (!known) return Error::permanent("there is no consumer " + name);
  LEAT_ASSIGN_OR_RETURN(ConsumerMark mark, parse_mark(body));
  if (mark.incarnation != log.state()->incarnation) {
    return Error::permanent(
        "the mark is one of another log than this, which was restored from a backup or made anew: "
        "what was given before it need not stand in this one. Empty what mirrors the topic and "
        "start anew: leat consumer reset " +
        name);
  }
  known->cut = mark.cut;
  known->generation = mark.generation;
  return commit_consumer(log, name, *known);
}

Status reset(log::LocalLog& log, const HttpRequest& request) {
  uint64_t cut = 0;
  auto text = request.query.find("cut");
  if (text != request.query.end()) {
    const char* end = text->second.data() + text->second.size();
    auto parsed = std::from_chars(text->second.data(), end, cut);
    if (parsed.ec != std::errc() || parsed.ptr != end) {
      return Error::permanent("cut must be a number, not '" + text->second + "'");
    }
  }
  return reset_consumer(log, request.params.at("name"), CutId(cut));
}

}  // namespace

void register_consumer_routes(HttpServer& server, log::LocalLog& log) {
  server.route("GET", "/consumers", [&log](const HttpRequest&) {
    return HttpResponse::json(consumers_json(consumer_reports(*log.state())));
  });
  server.stream("GET", "/consumers/{name}/records", "application/x-ndjson",
                [&log](const HttpRequest& request, HttpStream& stream) {
                  return send_records(log, request, stream);
                });
  server.route("POST", "/consumers/{name}/commit", [&log](const HttpRequest& request) {
    return answer(commit(log, request.params.at("name"), request.body));
  });
  server.route("POST", "/consumers/{name}/reset",
               [&log](const HttpRequest& request) { return answer(reset(log, request)); });
  server.route("POST", "/consumers/{name}/drop", [&log](const HttpRequest& request) {
    return answer(drop_consumer(log, request.params.at("name")));
  });
}

}  // namespace leat::cli
