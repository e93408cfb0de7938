#include "cli/control/client.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <limits>
#include <nlohmann/json.hpp>

namespace leat::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Socket = asio::local::stream_protocol::socket;
using ErrorCode = boost::system::error_code;

constexpr uint64_t kBodyBytesMax = 1ULL << 30;
constexpr size_t kErrorBytesMax = 64 << 10;
constexpr size_t kChunkBytes = 64 << 10;

// {"error": "…"}, or the bytes themselves.
std::string message_of(const std::string& body) {
  auto parsed = nlohmann::json::parse(body, nullptr, false);
  if (parsed.is_object() && parsed.contains("error") && parsed["error"].is_string()) {
    return parsed["error"];
  }
  return body;
}

Error lost(const ErrorCode& code) {
  for (const ErrorCode& ended :
       {ErrorCode(http::error::partial_message), ErrorCode(http::error::end_of_stream),
        ErrorCode(asio::error::eof), ErrorCode(asio::error::connection_reset),
        ErrorCode(asio::error::broken_pipe)}) {
    if (code != ended) continue;
    return Error::transient(
        "leat stopped, and its answer ends here; start it again (leat run), then ask again");
  }
  return Error::transient("the running process ended the connection: " + code.message());
}

// Reads the body piece by piece into SINK.
Status read_body(Socket& socket, beast::flat_buffer& buffer,
                 http::response_parser<http::buffer_body>& parser,
                 const ControlClient::Sink& sink) {
  std::array<char, kChunkBytes> chunk;
  while (!parser.is_done()) {
    parser.get().body().data = chunk.data();
    parser.get().body().size = chunk.size();
    ErrorCode code;
    http::read_some(socket, buffer, parser, code);
    if (code && code != http::error::need_buffer) return lost(code);
    size_t got = chunk.size() - parser.get().body().size;
    if (got > 0 && !sink({chunk.data(), got})) return {};
  }
  return {};
}

}  // namespace

std::string control_socket_path(const std::string& data_dir) {
  return data_dir + "/leat.sock";
}

Result<std::optional<ControlClient>> ControlClient::connect(const std::string& data_dir) {
  std::string path = control_socket_path(data_dir);
  asio::io_context context;
  Socket socket(context);
  try {
    ErrorCode code;
    socket.connect(asio::local::stream_protocol::endpoint(path), code);
    if (!code) return std::optional(ControlClient(path));
    bool nobody = code == asio::error::connection_refused ||
                  code == boost::system::errc::no_such_file_or_directory;
    if (nobody) return std::optional<ControlClient>();
    return Error::permanent("connect to " + path + ": " + code.message());
  } catch (const boost::system::system_error& e) {  // a path too long for a socket's address
    return Error::permanent(path + ": " + e.what());
  }
}

Status ControlClient::request(const std::string& method, const std::string& target,
                              const std::string& body, const Sink& sink) const {
  asio::io_context context;
  Socket socket(context);
  ErrorCode code;
  socket.connect(asio::local::stream_protocol::endpoint(socket_path_), code);
  if (code) return lost(code);
  http::request<http::string_body> request(http::string_to_verb(method), target, 11, body);
  request.set(http::field::host, "leat");
  request.set(http::field::connection, "close");
  request.prepare_payload();
  http::write(socket, request, code);
  if (code) return lost(code);
  beast::flat_buffer buffer;
  http::response_parser<http::buffer_body> parser;
  parser.body_limit(std::numeric_limits<uint64_t>::max());
  http::read_header(socket, buffer, parser, code);
  if (code) return lost(code);
  if (parser.get().result() == http::status::ok) return read_body(socket, buffer, parser, sink);
  std::string error;
  LEAT_RETURN_IF_ERROR(read_body(socket, buffer, parser, [&](std::string_view bytes) {
    error.append(bytes);
    return error.size() < kErrorBytesMax;
  }));
  bool may_pass = parser.get().result() == http::status::service_unavailable;
  return may_pass ? Error::transient(message_of(error)) : Error::permanent(message_of(error));
}

Result<std::string> ControlClient::get(const std::string& target) const {
  std::string body;
  LEAT_RETURN_IF_ERROR(request("GET", target, "", [&](std::string_view bytes) {
    body.append(bytes);
    return body.size() <= kBodyBytesMax;
  }));
  return body;
}

Result<std::string> ControlClient::post(const std::string& target, const std::string& text) const {
  std::string body;
  LEAT_RETURN_IF_ERROR(request("POST", target, text, [&](std::string_view bytes) {
    body.append(bytes);
    return body.size() <= kBodyBytesMax;
  }));
  return body;
}

Status ControlClient::stream(const std::string& target, const Sink& sink) const {
  return request("GET", target, "", sink);
}

Status ControlClient::post_stream(const std::string& target, const Sink& sink) const {
  return request("POST", target, "", sink);
}

}  // namespace leat::cli
