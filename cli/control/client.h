// The running process as a command reaches it: HTTP on the socket in its data directory.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "log/base/status.h"

namespace leat::cli {

// Where the process of a data directory listens.
std::string control_socket_path(const std::string& data_dir);

// One request a connection. Any thread; holds nothing open between calls.
class ControlClient {
 public:
  // None where no process listens there.
  static Result<std::optional<ControlClient>> connect(const std::string& data_dir);

  // The answer's body, at most 1 GB. An answer of another status than 200 is a permanent error
  // (503: a transient one) with the process's own message.
  Result<std::string> get(const std::string& target) const;
  Result<std::string> post(const std::string& target, const std::string& body) const;

  // Hands out the body as it comes, until its end or until SINK returns false.
  using Sink = std::function<bool(std::string_view bytes)>;
  Status stream(const std::string& target, const Sink& sink) const;
  Status post_stream(const std::string& target, const Sink& sink) const;

 private:
  explicit ControlClient(std::string socket_path) : socket_path_(std::move(socket_path)) {}
  Status request(const std::string& method, const std::string& target, const std::string& body,
                 const Sink& sink) const;

  std::string socket_path_;
};

}  // namespace leat::cli
