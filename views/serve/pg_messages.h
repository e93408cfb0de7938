// PostgreSQL's frontend/backend protocol 3.0 as bytes: pure functions, bounds-checked.
// https://www.postgresql.org/docs/15/protocol-message-formats.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "log/base/status.h"

namespace leat::views::serve::pg {

// --- From the client. The views point into the bytes that were parsed. ---------------------------

struct Startup {
  uint16_t major = 0;
  uint16_t minor = 0;
  std::vector<std::pair<std::string_view, std::string_view>> parameters;
};
struct SslRequest {};
struct GssEncryptionRequest {};
struct CancelRequest {
  uint32_t process_id = 0;
  uint32_t secret = 0;
};
// What a connection begins with: it has no type byte.
using StartupPacket = std::variant<Startup, SslRequest, GssEncryptionRequest, CancelRequest>;

enum class Format : uint8_t { text = 0, binary = 1 };
enum class Target : uint8_t { statement, portal };

struct Query {
  std::string_view text;
};
struct Parse {
  std::string_view statement;
  std::string_view text;
  std::vector<uint32_t> parameter_oids;  // 0: not declared
};
struct Bind {
  std::string_view portal;
  std::string_view statement;
  std::vector<Format> parameter_formats;  // none: all text; one: for all; else one each
  std::vector<std::optional<std::string_view>> parameters;
  std::vector<Format> result_formats;  // the same
};
struct Describe {
  Target target = Target::statement;
  std::string_view name;
};
struct Execute {
  std::string_view portal;
  int32_t rows_max = 0;  // 0: all
};
struct Close {
  Target target = Target::statement;
  std::string_view name;
};
struct Sync {};
struct Flush {};
struct Terminate {};
// 'p': a password, or a SASL message: the phase of the authentication says which.
struct Authentication {
  std::string_view body;
};
struct FunctionCall {};
struct CopyPart {};  // CopyData, CopyDone, CopyFail: ignored when no COPY runs
using FrontendMessage = std::variant<Query, Parse, Bind, Describe, Execute, Close, Sync, Flush,
                                     Terminate, Authentication, FunctionCall, CopyPart>;

// Each takes one whole packet off the front of BYTES; none where more bytes are needed. An error
// means that the stream cannot be trusted any more: close the connection. A packet over BYTES_MAX
// is one.
Result<std::optional<StartupPacket>> take_startup_packet(std::string_view* bytes);
Result<std::optional<FrontendMessage>> take_message(std::string_view* bytes, size_t bytes_max);

// --- To the client. Each appends one whole message. ----------------------------------------------

struct Field {
  std::string_view name;
  uint32_t type_oid = 0;
  int16_t type_size = -1;
  int32_t type_modifier = -1;
  Format format = Format::text;
};

struct Notice {
  std::string_view severity;  // ERROR, FATAL, WARNING, NOTICE
  std::string_view sqlstate;
  std::string_view message;
  std::string_view hint;  // may be empty
  int position = 0;       // character in the query, from 1; 0: none
};

enum class TransactionStatus : char { idle = 'I', in_transaction = 'T', failed = 'E' };

inline constexpr std::string_view kSslRefused = "N";  // not a message: a single byte

void append_authentication_ok(std::string* out);
void append_sasl_request(std::string_view mechanism, std::string* out);
void append_sasl_continue(std::string_view data, std::string* out);
void append_sasl_final(std::string_view data, std::string* out);
void append_negotiate_version(uint16_t newest_minor, std::string* out);
void append_parameter_status(std::string_view name, std::string_view value, std::string* out);
void append_backend_key(uint32_t process_id, uint32_t secret, std::string* out);
void append_ready(TransactionStatus status, std::string* out);
void append_row_description(const std::vector<Field>& fields, std::string* out);
void append_parameter_description(const std::vector<uint32_t>& oids, std::string* out);
void append_no_data(std::string* out);
void append_parse_complete(std::string* out);
void append_bind_complete(std::string* out);
void append_close_complete(std::string* out);
void append_portal_suspended(std::string* out);
void append_empty_query(std::string* out);
void append_command_complete(std::string_view tag, std::string* out);
void append_error(const Notice& notice, std::string* out);
void append_notice(const Notice& notice, std::string* out);

// A DataRow built in place: begin, for each column null() or value bytes between begin_value() and
// end_value(), end.
class DataRowWriter {
 public:
  DataRowWriter(size_t columns, std::string* out);
  void null();
  void begin_value();
  void end_value();
  void end();

 private:
  std::string* out_;
  size_t row_at_;
  size_t value_at_ = 0;
};

}  // namespace leat::views::serve::pg
