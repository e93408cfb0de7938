#include "cli/control/admin_routes.h"

#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/control/compaction_lines.h"

namespace leat::cli {
namespace {

using nlohmann::json;
using views::serve::HttpRequest;
using views::serve::HttpResponse;
using views::serve::HttpServer;
using views::serve::HttpStream;

constexpr std::chrono::milliseconds kProgressEvery{200};

Result<NewTopic> parse_new_topic(const std::string& text) {
  try {
    json from = json::parse(text);
    NewTopic topic;
    from.at("name").get_to(topic.name);
    bool table = from.at("kind").get<std::string>() == "table";
    topic.kind = table ? log::TopicKind::table : log::TopicKind::stream;
    from.at("partitions").get_to(topic.partitions);
    from.at("columns").get_to(topic.columns);
    from.at("key").get_to(topic.key);
    from.at("settings").get_to(topic.settings);
    return topic;
  } catch (const json::exception& e) {
    return Error::permanent(std::string("not a topic as JSON: ") + e.what());
  }
}

Assignments lines_of(const std::string& text) {
  Assignments lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

Result<uint64_t> append_lines(TopicAppender& appender, const HttpRequest& request) {
  uint64_t first_line = 1;
  if (auto line = request.query.find("line"); line != request.query.end()) {
    const char* end = line->second.data() + line->second.size();
    auto parsed = std::from_chars(line->second.data(), end, first_line);
    if (parsed.ec != std::errc() || parsed.ptr != end) {
      return Error::permanent("line must be a number, not '" + line->second + "'");
    }
  }
  return appender.append(request.params.at("name"), request.body, first_line, request.closing);
}

void register_topics(HttpServer& server, const AdminContext& context) {
  server.route("POST", "/topics", [context](const HttpRequest& request) {
    auto topic = parse_new_topic(request.body);
    if (!topic.ok()) return HttpResponse::error(400, topic.error().message());
    return answer(create_topic(context.log, context.config, *topic));
  });
  server.route("POST", "/topics/{name}/append", [context](const HttpRequest& request) {
    auto records = append_lines(context.appender, request);
    if (!records.ok()) return refusal(records.error());
    return HttpResponse::json(json{{"records", *records}}.dump());
  });
  server.route("POST", "/topics/{name}/settings", [context](const HttpRequest& request) {
    return answer(alter_topic(context.log, context.config, request.params.at("name"),
                              lines_of(request.body)));
  });
  server.route("POST", "/topics/{name}/delete", [context](const HttpRequest& request) {
    return answer(
        delete_topic(context.log, context.config, context.views(), request.params.at("name")));
  });
}

// The copy goes on when the client has gone; its error says so.
Status send_backup(log::LocalLog& log, const HttpRequest& request, HttpStream& stream) {
  auto to = request.query.find("to");
  if (to == request.query.end()) return Error::permanent("say where to: ?to=DIR");
  auto told_at = std::chrono::steady_clock::now();
  auto result = log.back_up(to->second, [&](uint64_t done, uint64_t total) {
    if (std::chrono::steady_clock::now() - told_at < kProgressEvery) return;
    told_at = std::chrono::steady_clock::now();
    (void)stream.write(backup_progress_line(done, total));
  });
  return stream.write(backup_result_line(result));
}

// Goes on when the client has gone, until the cleaner is stopped.
Status send_compaction(compaction::Cleaner& cleaner, const HttpRequest& request,
                       HttpStream& stream) {
  auto topic = request.query.find("topic");
  if (topic == request.query.end()) return Error::permanent("say which topic: ?topic=TOPIC");
  auto result = compact_and_tell(cleaner, topic->second, [&](const CompactionProgress& progress) {
    (void)stream.write(compaction_progress_line(progress));
  });
  return stream.write(compaction_result_line(result));
}

}  // namespace

HttpResponse refusal(const Error& error) {
  return HttpResponse::error(error.is_transient() ? 503 : 400, error.message());
}

HttpResponse answer(const Status& status) {
  return status.ok() ? HttpResponse::json("{}") : refusal(status.error());
}

std::string backup_progress_line(uint64_t bytes_done, uint64_t bytes_total) {
  return json{{"done", bytes_done}, {"total", bytes_total}}.dump() + "\n";
}

std::string backup_result_line(const Result<log::CopySummary>& result) {
  if (!result.ok()) return json{{"error", result.error().message()}}.dump() + "\n";
  return json{{"cut", result->cut.value()},
              {"files", result->files},
              {"bytes", result->bytes},
              {"missing", result->missing}}
             .dump() +
         "\n";
}

std::optional<Result<log::CopySummary>> read_backup_line(std::string_view line,
                                                         const log::CopyProgress& progress) {
  try {
    json from = json::parse(line);
    if (from.contains("error")) {
      return Result<log::CopySummary>(Error::permanent(from.at("error").get<std::string>()));
    }
    if (from.contains("done")) {
      progress(from.at("done"), from.at("total"));
      return std::nullopt;
    }
    log::CopySummary summary;
    summary.cut = CutId(from.at("cut").get<uint64_t>());
    from.at("files").get_to(summary.files);
    from.at("bytes").get_to(summary.bytes);
    from.at("missing").get_to(summary.missing);
    return Result<log::CopySummary>(std::move(summary));
  } catch (const json::exception& e) {
    return Result<log::CopySummary>(
        Error::permanent(std::string("the running process answers in another form: ") + e.what()));
  }
}

std::string new_topic_json(const NewTopic& topic) {
  bool table = topic.kind == log::TopicKind::table;
  return json{{"name", topic.name},
              {"kind", table ? "table" : "stream"},
              {"partitions", topic.partitions},
              {"columns", topic.columns},
              {"key", topic.key},
              {"settings", topic.settings}}
      .dump();
}

Result<uint64_t> parse_appended_json(const std::string& text) {
  try {
    return json::parse(text).at("records").get<uint64_t>();
  } catch (const json::exception& e) {
    return Error::permanent(std::string("the running process answers in another form: ") +
                            e.what());
  }
}

void register_admin_routes(HttpServer& server, const AdminContext& context) {
  register_topics(server, context);
  register_consumer_routes(server, context.log);
  server.route("POST", "/views/{name}/rebuild", [context](const HttpRequest& request) {
    return answer(context.rebuild_view(request.params.at("name")));
  });
  server.route("POST", "/views/{name}/drop", [context](const HttpRequest& request) {
    return answer(context.drop_view(request.params.at("name")));
  });
  server.stream("POST", "/log/backup", "application/x-ndjson",
                [context](const HttpRequest& request, HttpStream& stream) {
                  return send_backup(context.log, request, stream);
                });
  server.stream("POST", "/log/compact", "application/x-ndjson",
                [context](const HttpRequest& request, HttpStream& stream) {
                  return send_compaction(context.cleaner, request, stream);
                });
}

}  // namespace leat::cli
