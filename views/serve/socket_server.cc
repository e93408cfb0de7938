#include "views/serve/socket_server.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <spdlog/fmt/fmt.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

namespace leat::views::serve {
namespace {

Error socket_error(std::string_view what) {
  return Error::transient(fmt::format("{}: {}", what, std::strerror(errno)));
}

// An open descriptor; closes with its owner.
class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

class SocketConnection final : public Connection {
 public:
  SocketConnection(Socket socket, std::chrono::milliseconds write_timeout)
      : socket_(std::move(socket)), write_timeout_(write_timeout) {}

  Result<size_t> read_some(char* buffer, size_t size, std::chrono::milliseconds timeout) override {
    LEAT_RETURN_IF_ERROR(wait(POLLIN, timeout, "the client sent nothing in time"));
    ssize_t got = ::recv(socket_.fd(), buffer, size, MSG_DONTWAIT);
    if (stopping_) return Error::transient("the server is stopping");
    if (got < 0) return socket_error("reading from the client");
    return static_cast<size_t>(got);
  }

  Status write_all(std::string_view bytes) override {
    while (!bytes.empty()) {
      ssize_t put = ::send(socket_.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (put > 0) {
        bytes.remove_prefix(static_cast<size_t>(put));
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        LEAT_RETURN_IF_ERROR(wait(POLLOUT, write_timeout_, "the client takes nothing"));
      } else if (errno != EINTR) {
        return socket_error("writing to the client");
      }
    }
    return Ok{};
  }

  bool closing() const override {
    if (stopping_) return true;
    pollfd poll_fd{socket_.fd(), POLLRDHUP, 0};
    return ::poll(&poll_fd, 1, 0) > 0;
  }

  // Any thread: ends waiting reads and writes.
  void interrupt() {
    stopping_ = true;
    ::shutdown(socket_.fd(), SHUT_RDWR);
  }

 private:
  Status wait(short events, std::chrono::milliseconds timeout, std::string_view late) {
    pollfd poll_fd{socket_.fd(), events, 0};
    int ready = ::poll(&poll_fd, 1, static_cast<int>(timeout.count()));
    if (ready == 0) return Error::transient(std::string(late));
    if (ready < 0 && errno != EINTR) return socket_error("waiting for the client");
    return Ok{};
  }

  Socket socket_;
  std::chrono::milliseconds write_timeout_;
  std::atomic<bool> stopping_ = false;
};

struct AddressListDeleter {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, AddressListDeleter>;

Result<AddressList> resolve(const std::string& host, uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (code != 0) {
    return Error::permanent(fmt::format("cannot resolve '{}': {}", host, ::gai_strerror(code)));
  }
  return AddressList(list);
}

// A name like localhost has addresses of both families; clients that are told "127.0.0.1" need
// IPv4.
const addrinfo* preferred(const addrinfo* list) {
  for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
    if (at->ai_family == AF_INET) return at;
  }
  return list;
}

bool address_is_loopback(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    auto* in = reinterpret_cast<const sockaddr_in*>(static_cast<const void*>(address));
    return (ntohl(in->sin_addr.s_addr) >> 24) == 127;
  }
  auto* in6 = reinterpret_cast<const sockaddr_in6*>(static_cast<const void*>(address));
  return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

Result<uint16_t> bound_port(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  auto* generic = static_cast<sockaddr*>(static_cast<void*>(&address));
  if (::getsockname(fd, generic, &size) != 0) return socket_error("getsockname");
  auto* any = static_cast<const void*>(&address);
  if (address.ss_family == AF_INET6) {
    return ntohs(static_cast<const sockaddr_in6*>(any)->sin6_port);
  }
  return ntohs(static_cast<const sockaddr_in*>(any)->sin_port);
}

// A socket file that a process which was killed left behind would keep the next one from listening.
Status remove_dead_socket(const sockaddr_un& address) {
  struct stat info {};
  if (::lstat(address.sun_path, &info) != 0) return Ok{};
  if (!S_ISSOCK(info.st_mode)) {
    return Error::permanent(fmt::format("{} exists and is not a socket", address.sun_path));
  }
  Socket probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  if (::connect(probe.fd(), generic, sizeof address) == 0) {
    return Error::permanent(fmt::format("{}: another process listens there", address.sun_path));
  }
  ::unlink(address.sun_path);
  return Ok{};
}

constexpr int kBacklog = 64;
constexpr size_t kRefusalsMax = 8;

}  // namespace

struct SocketServer::Impl {
  struct Client {
    explicit Client(Socket socket, std::chrono::milliseconds write_timeout)
        : connection(std::move(socket), write_timeout) {}
    SocketConnection connection;
    std::atomic<bool> done = false;
    std::thread thread;
  };

  SocketLimits limits;
  Handler handle;
  Handler refuse;
  std::atomic<bool> stopping = false;
  std::vector<Socket> listeners;
  std::vector<std::string> socket_files;
  std::vector<std::thread> acceptors;
  // Guards clients. They are added by acceptors only, removed by acceptors and, after those,
  // stop().
  mutable std::mutex mutex;
  std::list<std::unique_ptr<Client>> clients;

  void start_accepting(Socket listener) {
    int fd = listener.fd();
    listeners.push_back(std::move(listener));
    acceptors.emplace_back([this, fd] { accept_all(fd); });
  }

  void accept_all(int listener) {
    while (!stopping) {
      int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd >= 0) {
        take(Socket(fd));
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
        // Nothing to accept with until a connection ends; asking again at once would only spin.
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
      }
    }
  }

  void take(Socket socket) {
    int on = 1;
    ::setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // fails on unix sockets
    ::setsockopt(socket.fd(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    std::lock_guard lock(mutex);
    join_done();
    if (stopping) return;
    if (clients.size() >= limits.connections_max + kRefusalsMax) return;
    const Handler& handler = clients.size() < limits.connections_max ? handle : refuse;
    clients.push_back(std::make_unique<Client>(std::move(socket), limits.write_timeout));
    Client* client = clients.back().get();
    client->thread = std::thread([&handler, client] {
      handler(client->connection);
      client->connection.interrupt();  // the peer sees the end now, not when the thread is joined
      client->done = true;
    });
  }

  void join_done() {
    clients.remove_if([](std::unique_ptr<Client>& client) {
      if (!client->done) return false;
      client->thread.join();
      return true;
    });
  }
};

SocketServer::SocketServer(SocketLimits limits, Handler handle, Handler refuse)
    : impl_(std::make_unique<Impl>()) {
  impl_->limits = limits;
  impl_->handle = std::move(handle);
  impl_->refuse = std::move(refuse);
}

SocketServer::~SocketServer() {
  stop();
}

Result<uint16_t> SocketServer::listen_tcp(const std::string& host, uint16_t port) {
  LEAT_ASSIGN_OR_RETURN(AddressList addresses, resolve(host, port));
  const addrinfo* address = preferred(addresses.get());
  Socket socket(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.fd() < 0) return socket_error("socket");
  int on = 1;
  ::setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(socket.fd(), address->ai_addr, address->ai_addrlen) != 0 ||
      ::listen(socket.fd(), kBacklog) != 0) {
    return Error::permanent(fmt::format(
        "cannot listen on {}:{}: {}{}", host, port, std::strerror(errno),
        errno == EADDRINUSE ? "; end the process that does, or take another port" : ""));
  }
  LEAT_ASSIGN_OR_RETURN(uint16_t bound, bound_port(socket.fd()));
  impl_->start_accepting(std::move(socket));
  return bound;
}

Status SocketServer::listen_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return Error::permanent(
        fmt::format("{}: longer than the {} bytes that a socket's path may have", path,
                    sizeof address.sun_path - 1));
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  LEAT_RETURN_IF_ERROR(remove_dead_socket(address));
  Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.fd() < 0) return socket_error("socket");
  auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  // The mode is set before the name exists: nobody else can connect in between.
  if (::fchmod(socket.fd(), 0600) != 0 || ::bind(socket.fd(), generic, sizeof address) != 0 ||
      ::listen(socket.fd(), kBacklog) != 0) {
    return Error::permanent(fmt::format("cannot listen on {}: {}", path, std::strerror(errno)));
  }
  impl_->socket_files.push_back(path);
  impl_->start_accepting(std::move(socket));
  return Ok{};
}

void SocketServer::stop() {
  if (impl_->stopping.exchange(true)) return;
  for (Socket& listener : impl_->listeners) ::shutdown(listener.fd(), SHUT_RDWR);
  for (std::thread& acceptor : impl_->acceptors) acceptor.join();
  for (const std::string& path : impl_->socket_files) ::unlink(path.c_str());
  impl_->listeners.clear();
  for (auto& client : impl_->clients) client->connection.interrupt();
  for (auto& client : impl_->clients) client->thread.join();
  std::lock_guard lock(impl_->mutex);
  impl_->clients.clear();
}

size_t SocketServer::connections() const {
  std::lock_guard lock(impl_->mutex);
  size_t open = 0;
  for (const auto& client : impl_->clients) open += client->done ? 0 : 1;
  return open;
}

Result<bool> is_loopback(const std::string& host) {
  LEAT_ASSIGN_OR_RETURN(AddressList addresses, resolve(host, 0));
  for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next) {
    if (!address_is_loopback(at->ai_addr)) return false;
  }
  return true;
}

}  // namespace leat::views::serve
