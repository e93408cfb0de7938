#include "views/serve/pg_server.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <random>

namespace leat::views::serve {
namespace {

constexpr std::chrono::milliseconds kBetweenLooksForTheClient{50};

// Which running session a cancel request means. Any thread.
class SessionRegistry {
 public:
  struct Entry {
    uint32_t secret = 0;
    PgSession* session = nullptr;
  };

  std::pair<uint32_t, uint32_t> reserve() {
    std::lock_guard lock(mutex_);
    do {
      ++last_id_;
    } while (last_id_ == 0 || sessions_.count(last_id_) != 0);
    uint32_t secret = random_();
    sessions_[last_id_] = {secret, nullptr};
    return {last_id_, secret};
  }
  void set(uint32_t id, PgSession* session) {
    std::lock_guard lock(mutex_);
    sessions_[id].session = session;
    if (stopping_) session->cancel();
  }
  void remove(uint32_t id) {
    std::lock_guard lock(mutex_);
    sessions_.erase(id);
  }
  void cancel(uint32_t id, uint32_t secret) {
    std::lock_guard lock(mutex_);
    auto found = sessions_.find(id);
    if (found == sessions_.end() || found->second.secret != secret) return;
    if (found->second.session != nullptr) found->second.session->cancel();
  }
  void cancel_all() {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto& [id, entry] : sessions_) {
      if (entry.session != nullptr) entry.session->cancel();
    }
  }

 private:
  std::mutex mutex_;
  std::random_device random_;  // the system's: a secret must not be guessable
  uint32_t last_id_ = 0;
  bool stopping_ = false;
  std::map<uint32_t, Entry> sessions_;
};

}  // namespace

struct PgServer::Impl {
  PgServerOptions options;
  const QueryService& service;
  const Clock& clock;
  SessionRegistry registry;
  uint16_t port = 0;
  SocketServer sockets;

  Impl(PgServerOptions o, const QueryService& s, const Clock& c)
      : options(std::move(o)),
        service(s),
        clock(c),
        sockets(
            options.sockets, [this](Connection& connection) { serve(connection, false); },
            [this](Connection& connection) { serve(connection, true); }) {}

  void serve(Connection& connection, bool refused) {
    auto [id, secret] = registry.reserve();
    SessionContext context;
    context.refused = refused;
    context.service = &service;
    context.clock = &clock;
    context.process_id = id;
    context.secret = secret;
    context.cancel = [this](uint32_t which, uint32_t key) { registry.cancel(which, key); };
    context.client_gone = [this, &connection, looked = clock.monotonic()]() mutable {
      if (clock.monotonic() - looked < kBetweenLooksForTheClient) return false;
      looked = clock.monotonic();
      return connection.closing();
    };
    PgSession session(std::move(context), options.session, [&connection](std::string_view bytes) {
      return connection.write_all(bytes);
    });
    registry.set(id, &session);
    converse(connection, session);
    registry.remove(id);
  }

  void converse(Connection& connection, PgSession& session) {
    std::array<char, 16 << 10> buffer;
    auto give_up = clock.monotonic() + options.login_timeout;
    while (true) {
      if (session.ready()) give_up = clock.monotonic() + options.idle_timeout;
      auto got = connection.read_some(buffer.data(), buffer.size(), wait_time(session, give_up));
      if (got.ok()) {
        if (*got == 0 || !session.receive({buffer.data(), *got})) return;
        continue;
      }
      session.on_time();
      if (connection.closing()) return session.shut_down("57P01", "the server is shutting down");
      if (clock.monotonic() >= give_up) {
        return session.shut_down("57P05", "terminating connection due to idle-session timeout");
      }
    }
  }

  // Until the session wants to be called, or the client has been silent for too long.
  std::chrono::milliseconds wait_time(const PgSession& session,
                                      std::chrono::nanoseconds give_up) const {
    auto until = std::min(give_up, session.deadline().value_or(give_up));
    auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock.monotonic());
    return std::clamp(left, std::chrono::milliseconds(1), std::chrono::milliseconds(60'000));
  }
};

PgServer::PgServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PgServer::~PgServer() {
  stop();
}

Result<std::unique_ptr<PgServer>> PgServer::start(PgServerOptions options,
                                                  const QueryService& service, const Clock& clock) {
  LEAT_ASSIGN_OR_RETURN(bool local, is_loopback(options.host));
  if (!local) {
    return Error::permanent(fmt::format(
        "SQL on {}: not a loopback address, and everybody who reaches it could read every view; "
        "listen on 127.0.0.1",
        options.host));
  }
  auto impl = std::make_unique<Impl>(std::move(options), service, clock);
  LEAT_ASSIGN_OR_RETURN(impl->port,
                        impl->sockets.listen_tcp(impl->options.host, impl->options.port));
  return std::unique_ptr<PgServer>(new PgServer(std::move(impl)));
}

uint16_t PgServer::port() const {
  return impl_->port;
}
size_t PgServer::connections() const {
  return impl_->sockets.connections();
}
size_t PgServer::connections_max() const {
  return impl_->options.sockets.connections_max;
}

void PgServer::stop() {
  impl_->registry.cancel_all();
  impl_->sockets.stop();
}

}  // namespace leat::views::serve
