// A small HTTP/1.1 server: routes registered before it listens, handlers run in the connection's
// thread. The same routes answer on TCP (loopback only: there is no authentication) and on a unix
// socket in the data directory (for the command line).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "log/base/status.h"
#include "views/serve/socket_server.h"

namespace leat::views::serve {

struct HttpRequest {
  std::string method;
  std::string path;                                        // decoded, without the query
  std::map<std::string, std::string, std::less<>> params;  // {name} parts of the route's pattern
  std::map<std::string, std::string, std::less<>> query;   // ?a=b&c, decoded; "c" has ""
  std::string body;
  // The client has gone or the server stops: who takes long looks here now and then, and ends.
  std::function<bool()> closing = [] { return false; };
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;

  static HttpResponse json(std::string body) { return {200, "application/json", std::move(body)}; }
  static HttpResponse text(std::string body) {
    return {200, "text/plain; charset=utf-8", std::move(body)};
  }
  // {"error": MESSAGE}
  static HttpResponse error(int status, std::string_view message);
};

// The body of an answer of unknown length, sent as it is written (chunked).
class HttpStream {
 public:
  virtual ~HttpStream() = default;
  // An error: the client has gone, or takes nothing; the handler returns.
  virtual Status write(std::string_view bytes) = 0;
  // The client has gone or the server stops: a handler that follows something looks here at least
  // every second, and returns.
  virtual bool closing() const = 0;
};

using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;
// Before its first write a handler may return an error: the client gets status 400 and the message.
// After it an error cuts the connection without the last chunk, so the client knows that the body
// is not whole.
using HttpStreamHandler = std::function<Status(const HttpRequest&, HttpStream&)>;

struct HttpLimits {
  SocketLimits sockets;
  size_t header_bytes_max = 16 << 10;
  size_t body_bytes_max = 1 << 20;
  std::chrono::milliseconds idle_timeout{60'000};
};

class HttpServer {
 public:
  explicit HttpServer(HttpLimits limits = {});
  ~HttpServer();

  // PATTERN: "/topics/{name}/records"; a part in braces matches one part of the path. Before
  // listening.
  void route(std::string method, std::string pattern, HttpHandler handler);
  // A stream's answer has CONTENT_TYPE.
  void stream(std::string method, std::string pattern, std::string content_type,
              HttpStreamHandler handler);

  // Port 0 takes a free one; returns the port. A host that is not loopback is refused.
  Result<uint16_t> listen_tcp(const std::string& host, uint16_t port);
  Status listen_unix(const std::string& path);
  void stop();

  size_t connections() const;
  size_t connections_max() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace leat::views::serve
