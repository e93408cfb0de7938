// Listening and connected sockets: what pgwire and HTTP share. One thread a connection, their
// number bounded; every wait has an end.
//
// Blocking threads, not an event loop: a statement's scan then simply waits for a slow client
// (until the write timeout), no result is buffered, and a session reads as straight code. The bound
// on connections keeps the cost of the threads small.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "log/base/status.h"

namespace leat::views::serve {

struct SocketLimits {
  // Those beyond are handed to the refusal, as many as a few at once, and else closed.
  size_t connections_max = 100;
  // A client that takes nothing for so long is cut off.
  std::chrono::milliseconds write_timeout{30'000};
};

// A connected stream. One thread.
class Connection {
 public:
  virtual ~Connection() = default;
  // Waits up to TIMEOUT and returns how many bytes came, at least 1; 0 at the end of the stream. A
  // timeout, a reset and a server that stops are errors.
  virtual Result<size_t> read_some(char* buffer, size_t size,
                                   std::chrono::milliseconds timeout) = 0;
  // All of BYTES, or an error.
  virtual Status write_all(std::string_view bytes) = 0;
  // The client has gone, or the server stops: nobody needs what would be written. Does not wait.
  virtual bool closing() const = 0;
};

class SocketServer {
 public:
  // Runs in the connection's thread; the connection closes when it returns. Must return soon after
  // closing() is true.
  using Handler = std::function<void(Connection&)>;

  // REFUSE is called instead of HANDLE where the connections are at their limit: it may say so, and
  // returns soon.
  SocketServer(SocketLimits limits, Handler handle, Handler refuse);
  ~SocketServer();  // stops
  SocketServer(const SocketServer&) = delete;
  SocketServer& operator=(const SocketServer&) = delete;

  // HOST is a name or an address; PORT 0 takes a free one. Returns the port.
  Result<uint16_t> listen_tcp(const std::string& host, uint16_t port);
  // Replaces a socket file that nobody listens on; only the file's owner may connect (mode 0600).
  Status listen_unix(const std::string& path);

  // Ends accepting, wakes the connections (closing() is true, reads fail) and waits for their
  // threads.
  void stop();

  size_t connections() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Whether every address of HOST is this machine's loopback.
Result<bool> is_loopback(const std::string& host);

}  // namespace leat::views::serve
