#include "views/serve/http.h"

#include <spdlog/fmt/fmt.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "views/serve/url.h"

namespace leat::views::serve {
namespace {

namespace http = boost::beast::http;
using Parser = http::request_parser<http::string_body>;

std::string_view reason(int status) {
  auto text = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)));
  return {text.data(), text.size()};
}

std::string head(int status, std::string_view content_type, std::string_view length, bool keep) {
  return fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\n{}\r\nConnection: {}\r\n\r\n", status,
                     reason(status), content_type, length, keep ? "keep-alive" : "close");
}

Status write_response(Connection& connection, const HttpResponse& response, bool keep) {
  std::string bytes = head(response.status, response.content_type,
                           fmt::format("Content-Length: {}", response.body.size()), keep);
  return connection.write_all(bytes + response.body);
}

// Writes the head with the first chunk, so that a handler which fails before has a clean refusal.
class ChunkedStream final : public HttpStream {
 public:
  ChunkedStream(Connection& connection, std::string_view content_type)
      : connection_(connection), content_type_(content_type) {}

  Status write(std::string_view bytes) override {
    if (bytes.empty()) return Ok{};  // an empty chunk would end the body
    return connection_.write_all(take_head() + fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes));
  }
  bool closing() const override { return connection_.closing(); }
  bool started() const { return started_; }
  Status finish() { return connection_.write_all(take_head() + "0\r\n\r\n"); }

 private:
  std::string take_head() {
    if (started_) return {};
    started_ = true;
    return head(200, content_type_, "Transfer-Encoding: chunked", true);
  }

  Connection& connection_;
  std::string content_type_;
  bool started_ = false;
};

// A web page of anywhere can make a browser ask this machine's loopback under a name of its own
// (DNS rebinding) and would then read the answer: so on loopback only loopback's names are
// answered.
bool host_is_local(std::string_view host) {
  std::string_view name = host.substr(0, host.rfind(':'));
  if (!host.empty() && host.front() == '[') name = host.substr(0, host.find(']') + 1);
  return host.empty() || name == "localhost" || name == "127.0.0.1" || name == "[::1]";
}

struct Route {
  std::string method;
  std::vector<std::string> parts;
  HttpHandler handler;
  HttpStreamHandler stream_handler;  // or this one
  std::string content_type;
};

// Fills PARAMS where the route matches.
bool matches(const Route& route, const std::vector<std::string>& parts, HttpRequest* request) {
  if (route.parts.size() != parts.size()) return false;
  request->params.clear();
  for (size_t i = 0; i < parts.size(); ++i) {
    const std::string& want = route.parts[i];
    if (want.size() > 2 && want.front() == '{') {
      request->params[want.substr(1, want.size() - 2)] = parts[i];
    } else if (want != parts[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

HttpResponse HttpResponse::error(int status, std::string_view message) {
  nlohmann::json body = {{"error", message}};
  return {status, "application/json",
          body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"};
}

struct HttpServer::Impl {
  HttpLimits limits;
  std::vector<Route> routes;
  std::optional<SocketServer> tcp;
  std::optional<SocketServer> local;

  explicit Impl(HttpLimits l) : limits(l) {
    auto refuse = [](Connection& connection) {
      static_cast<void>(
          write_response(connection, HttpResponse::error(503, "too many connections"), false));
    };
    tcp.emplace(
        limits.sockets, [this](Connection& c) { serve(c, true); }, refuse);
    local.emplace(
        limits.sockets, [this](Connection& c) { serve(c, false); }, refuse);
  }

  void serve(Connection& connection, bool check_host) {
    std::string pending;  // bytes of the next request that came with this one
    while (serve_one(connection, check_host, &pending)) {
    }
  }

  // One request; false where the connection is to be closed.
  bool serve_one(Connection& connection, bool check_host, std::string* pending) {
    Parser parser;
    parser.header_limit(static_cast<uint32_t>(limits.header_bytes_max));
    parser.body_limit(limits.body_bytes_max);
    Result<bool> read = read_request(connection, &parser, pending);
    if (!read.ok()) {
      static_cast<void>(
          write_response(connection, HttpResponse::error(400, read.error().message()), false));
      return false;
    }
    if (!*read) return false;
    const auto& message = parser.get();
    auto host = message[http::field::host];
    if (check_host && !host_is_local({host.data(), host.size()})) {
      auto refusal = HttpResponse::error(403, "the Host header does not name this machine");
      static_cast<void>(write_response(connection, refusal, false));
      return false;
    }
    return answer(connection, message, parser.keep_alive());
  }

  // False: the client closed, or sent nothing in time. An error: what it sent is no request.
  Result<bool> read_request(Connection& connection, Parser* parser, std::string* pending) {
    std::array<char, 16 << 10> buffer;
    while (!parser->is_done()) {
      if (!pending->empty()) {
        boost::system::error_code code;
        size_t used = parser->put(boost::asio::buffer(*pending), code);
        pending->erase(0, used);
        if (code && code != http::error::need_more) {
          return Error::permanent("bad request: " + code.message());
        }
        if (parser->is_done() || used > 0) continue;
      }
      Result<size_t> got = connection.read_some(buffer.data(), buffer.size(), limits.idle_timeout);
      if (!got.ok() || *got == 0) return false;
      pending->append(buffer.data(), *got);
    }
    return true;
  }

  bool answer(Connection& connection, const Parser::value_type& message, bool keep) {
    auto method = message.method_string();
    auto target = message.target();
    Result<Url> url = parse_url_target({target.data(), target.size()});
    if (!url.ok()) {
      auto refusal = HttpResponse::error(400, url.error().message());
      return write_response(connection, refusal, false).ok() && false;
    }
    HttpRequest request{
        {method.data(), method.size()}, url->path, {}, url->query, message.body(), [&connection] {
          return connection.closing();
        }};
    bool path_known = false;
    for (const Route& route : routes) {
      if (!matches(route, url->parts, &request)) continue;
      path_known = true;
      if (route.method == request.method) return run(connection, route, request, keep);
    }
    auto refusal = path_known ? HttpResponse::error(405, request.method + " is not possible here")
                              : HttpResponse::error(404, "there is nothing at " + request.path);
    return write_response(connection, refusal, keep).ok() && keep;
  }

  static bool run(Connection& connection, const Route& route, const HttpRequest& request,
                  bool keep) {
    if (route.handler) return write_response(connection, route.handler(request), keep).ok() && keep;
    ChunkedStream stream(connection, route.content_type);
    Status status = route.stream_handler(request, stream);
    if (status.ok()) return stream.finish().ok() && keep;
    if (stream.started()) return false;
    auto refusal = HttpResponse::error(400, status.error().message());
    return write_response(connection, refusal, keep).ok() && keep;
  }
};

HttpServer::HttpServer(HttpLimits limits) : impl_(std::make_unique<Impl>(limits)) {}
HttpServer::~HttpServer() {
  stop();
}

void HttpServer::route(std::string method, std::string pattern, HttpHandler handler) {
  impl_->routes.push_back({std::move(method), path_parts(pattern), std::move(handler), {}, {}});
}

void HttpServer::stream(std::string method, std::string pattern, std::string content_type,
                        HttpStreamHandler handler) {
  impl_->routes.push_back(
      {std::move(method), path_parts(pattern), {}, std::move(handler), std::move(content_type)});
}

Result<uint16_t> HttpServer::listen_tcp(const std::string& host, uint16_t port) {
  LEAT_ASSIGN_OR_RETURN(bool local, is_loopback(host));
  if (!local) {
    return Error::permanent(
        fmt::format("HTTP on {}: not a loopback address, and HTTP has no authentication; listen on "
                    "127.0.0.1 and put a proxy that asks for a password in front",
                    host));
  }
  return impl_->tcp->listen_tcp(host, port);
}

Status HttpServer::listen_unix(const std::string& path) {
  return impl_->local->listen_unix(path);
}

size_t HttpServer::connections() const {
  return impl_->tcp->connections() + impl_->local->connections();
}
size_t HttpServer::connections_max() const {
  return impl_->limits.sockets.connections_max;
}

void HttpServer::stop() {
  impl_->tcp->stop();
  impl_->local->stop();
}

}  // namespace leat::views::serve
