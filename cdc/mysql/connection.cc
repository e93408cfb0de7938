#include "cdc/mysql/connection.h"

// ma_pvio.h does not include what it needs.
// clang-format off
#include <mysql.h>
#include <ma_pvio.h>
// clang-format on
#include <poll.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cdc/mysql/server_error.h"
#include "log/base/bytes.h"

// Exported by the library, and not declared in its headers.
extern "C" unsigned long STDCALL mysql_net_read_packet(MYSQL* mysql);

namespace leat::cdc::mysql {
namespace {

using std::chrono::milliseconds;

constexpr unsigned long kPacketError = packet_error;
constexpr unsigned kReadTimeoutSeconds = 30;  // inside a packet; between them the heartbeat counts
constexpr int kDumpGtidCommand = 30;          // COM_BINLOG_DUMP_GTID

std::string quoted(MYSQL* handle, std::string_view text) {
  std::string out(text.size() * 2 + 1, '\0');
  out.resize(mysql_real_escape_string(handle, out.data(), text.data(), text.size()));
  return "'" + out + "'";
}

struct ResultFree {
  void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
};

std::vector<TextRow> rows_of(MYSQL_RES* result) {
  std::vector<TextRow> out;
  while (MYSQL_ROW values = mysql_fetch_row(result)) {
    const unsigned long* sizes = mysql_fetch_lengths(result);
    TextRow& row = out.emplace_back();
    for (unsigned i = 0; i < mysql_num_fields(result); ++i) {
      row.push_back(values[i] == nullptr ? std::nullopt
                                         : std::make_optional<std::string>(values[i], sizes[i]));
    }
  }
  return out;
}

// 0xFF, number u16, '#' and five characters of SQLSTATE, text.
Error error_of_packet(std::string_view packet) {
  constexpr size_t kSqlstateBytes = 6;
  ByteReader in(packet);
  in.u8();
  auto number = in.le<uint16_t>();
  std::string_view text = in.rest();
  if (text.substr(0, 1) == "#") text.remove_prefix(std::min(kSqlstateBytes, text.size()));
  return server_error(number, text);
}

void set_tls(MYSQL* handle, const ConnectOptions& options) {
  my_bool on = options.tls == TlsMode::verified ? 1 : 0;
  mysql_options(handle, MYSQL_OPT_SSL_ENFORCE, &on);
  mysql_options(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &on);
  if (!options.tls_ca_file.empty()) {
    mysql_options(handle, MYSQL_OPT_SSL_CA, options.tls_ca_file.c_str());
  }
}

void set_options(MYSQL* handle, const ConnectOptions& options) {
  auto timeout = static_cast<unsigned>(options.timeout.count());
  unsigned protocol = MYSQL_PROTOCOL_TCP;
  mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  mysql_options(handle, MYSQL_OPT_CONNECT_TIMEOUT, &timeout);
  mysql_options(handle, MYSQL_OPT_READ_TIMEOUT, &kReadTimeoutSeconds);
  mysql_options(handle, MYSQL_OPT_WRITE_TIMEOUT, &kReadTimeoutSeconds);
  mysql_options(handle, MYSQL_OPT_PROTOCOL, &protocol);
  set_tls(handle, options);
}

}  // namespace

struct BinlogConnection::Impl {
  MYSQL* handle = mysql_init(nullptr);
  const StopSignal* stop = nullptr;
  std::string where;

  ~Impl() { mysql_close(handle); }

  Error error() const { return server_error(mysql_errno(handle), mysql_error(handle)); }

  // What the library has read from the socket and not handed out.
  bool has_buffered() const {
    const MARIADB_PVIO* io = handle->net.pvio;
    return io != nullptr && io->cache != nullptr && io->cache_pos < io->cache + io->cache_size;
  }

  // False where nothing can be read within TIMEOUT.
  Result<bool> wait(milliseconds timeout) const {
    if (has_buffered()) return true;
    pollfd fds[2] = {{static_cast<int>(mysql_get_socket(handle)), POLLIN, 0},
                     {stop->fd(), POLLIN, 0}};
    int ready = poll(fds, 2, static_cast<int>(timeout.count()));
    if (ready < 0 && errno != EINTR) {
      return Error::transient(fmt::format("poll: {}", std::strerror(errno)));
    }
    if (stop->raised()) return Error::transient("stopping");
    return ready > 0;
  }

  Status send(int command, const std::string& body) const {
    int failed = handle->methods->db_command(handle, static_cast<enum_server_command>(command),
                                             body.data(), body.size(), 1, nullptr);
    return failed == 0 ? Status() : Status(error());
  }
};

BinlogConnection::BinlogConnection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BinlogConnection::~BinlogConnection() = default;

Result<std::unique_ptr<BinlogConnection>> BinlogConnection::open(const ConnectOptions& options,
                                                                 const StopSignal* stop) {
  auto impl = std::make_unique<Impl>();
  if (impl->handle == nullptr) return Error::transient("the client library has no memory");
  impl->stop = stop;
  impl->where = fmt::format("{}:{}", options.host, options.port);
  set_options(impl->handle, options);
  if (mysql_real_connect(impl->handle, options.host.c_str(), options.user.c_str(),
                         options.password.c_str(), nullptr, options.port, nullptr, 0) == nullptr) {
    return impl->error().in("cannot connect to " + impl->where);
  }
  return std::unique_ptr<BinlogConnection>(new BinlogConnection(std::move(impl)));
}

Flavour BinlogConnection::flavour() const {
  return mariadb_connection(impl_->handle) != 0 ? Flavour::mariadb : Flavour::mysql;
}

std::string BinlogConnection::server() const {
  std::string_view version = mysql_get_server_info(impl_->handle);
  version = version.substr(0, version.find('-'));
  return fmt::format("{} {} at {}", flavour() == Flavour::mariadb ? "MariaDB" : "MySQL", version,
                     impl_->where);
}

Result<std::vector<TextRow>> BinlogConnection::query(const std::string& sql) {
  if (mysql_real_query(impl_->handle, sql.data(), sql.size()) != 0) return impl_->error();
  std::unique_ptr<MYSQL_RES, ResultFree> result(mysql_store_result(impl_->handle));
  if (mysql_errno(impl_->handle) != 0) return impl_->error();
  if (result == nullptr) return std::vector<TextRow>();
  return rows_of(result.get());
}

Status BinlogConnection::execute(const std::string& sql) {
  auto rows = query(sql);
  return rows.ok() ? Status() : Status(rows.error());
}

Result<ChecksumKind> BinlogConnection::checksum() {
  LEAT_ASSIGN_OR_RETURN(auto rows, query("SELECT @@global.binlog_checksum"));
  bool none = rows.empty() || rows[0].empty() || rows[0][0] == "NONE";
  return none ? ChecksumKind::none : ChecksumKind::crc32;
}

Status BinlogConnection::start_dump(const Position& position, const DumpOptions& options) {
  if (position.by_file() && position.offset > UINT32_MAX) {
    return Error::permanent(
        fmt::format("the protocol has no way to go on behind 4 GB of a file, at {}: turn GTIDs on",
                    to_text(position)));
  }
  if (position.flavour != flavour()) {
    return Error::permanent(fmt::format(
        "{} is not of the kind of server (MySQL, MariaDB) that was captured", server()));
  }
  // Both servers have both names, MySQL's older versions only the first.
  auto heartbeat_ns = std::chrono::nanoseconds(options.heartbeat).count();
  LEAT_RETURN_IF_ERROR(execute(fmt::format(
      "SET @master_binlog_checksum = @@global.binlog_checksum, @source_binlog_checksum = "
      "@@global.binlog_checksum, @master_heartbeat_period = {0}, @source_heartbeat_period = {0}",
      heartbeat_ns)));
  bool mariadb = flavour() == Flavour::mariadb;
  return mariadb ? dump_mariadb(position, options) : dump_mysql(position, options);
}

// Without strict mode a state that names only an unknown domain would replay everything.
Status BinlogConnection::dump_mariadb(const Position& position, const DumpOptions& options) {
  LEAT_RETURN_IF_ERROR(execute("SET @mariadb_slave_capability = 4, @slave_gtid_strict_mode = 1"));
  bool by_gtid = !position.by_file();
  if (by_gtid) {
    LEAT_RETURN_IF_ERROR(execute("SET @slave_connect_state = " +
                                 quoted(impl_->handle, position.mariadb_gtids.to_text())));
  }
  std::string body;
  append_le(&body, by_gtid ? kFirstEventOffset : static_cast<uint32_t>(position.offset));
  append_le<uint16_t>(&body, 0);
  append_le(&body, options.server_id);
  if (!by_gtid) body += position.file;
  return impl_->send(COM_BINLOG_DUMP, body);
}

Status BinlogConnection::dump_mysql(const Position& position, const DumpOptions& options) {
  LEAT_RETURN_IF_ERROR(execute("SET @replica_uuid = UUID(), @slave_uuid = @replica_uuid"));
  std::string body;
  if (position.by_file()) {
    append_le(&body, static_cast<uint32_t>(position.offset));
    append_le<uint16_t>(&body, 0);
    append_le(&body, options.server_id);
    body += position.file;
    return impl_->send(COM_BINLOG_DUMP, body);
  }
  std::string gtids = position.gtids.encode();
  append_le<uint16_t>(&body, 0);
  append_le(&body, options.server_id);
  append_le<uint32_t>(&body, 0);  // no file's name
  append_le<uint64_t>(&body, kFirstEventOffset);
  append_le(&body, static_cast<uint32_t>(gtids.size()));
  body += gtids;
  return impl_->send(kDumpGtidCommand, body);
}

Result<std::optional<std::string_view>> BinlogConnection::next_event() {
  constexpr uint8_t kEvent = 0x00, kEnd = 0xFE, kError = 0xFF;
  LEAT_ASSIGN_OR_RETURN(bool ready, impl_->wait(milliseconds(0)));
  if (!ready) return std::optional<std::string_view>();
  unsigned long size = mysql_net_read_packet(impl_->handle);
  if (size == kPacketError) return impl_->error();
  std::string_view packet(reinterpret_cast<const char*>(impl_->handle->net.read_pos), size);
  auto kind = packet.empty() ? kEnd : static_cast<uint8_t>(packet[0]);
  if (kind == kEvent) return std::optional<std::string_view>(packet.substr(1));
  if (kind == kEnd) return Error::transient("the server has ended the binlog stream");
  if (kind == kError) return error_of_packet(packet);
  return Error::permanent(fmt::format("a packet of the binlog stream begins with {:#04x}", kind));
}

Status BinlogConnection::wait_event(milliseconds timeout) {
  auto ready = impl_->wait(timeout);
  return ready.ok() ? Status() : Status(ready.error());
}

}  // namespace leat::cdc::mysql
