#include "views/serve/pg_messages.h"

#include <spdlog/fmt/fmt.h>

#include "log/base/bytes.h"

namespace leat::views::serve::pg {
namespace {

constexpr size_t kStartupBytesMax = 10'000;  // as PostgreSQL's MAX_STARTUP_PACKET_LENGTH
constexpr uint32_t kSslCode = 80'877'103;
constexpr uint32_t kGssCode = 80'877'104;
constexpr uint32_t kCancelCode = 80'877'102;

Error malformed(std::string_view what) {
  return Error::permanent(fmt::format("malformed {} message", what));
}

Result<StartupPacket> parse_startup(uint32_t code, ByteReader* in) {
  Startup startup{static_cast<uint16_t>(code >> 16), static_cast<uint16_t>(code & 0xffff), {}};
  // Another major version may say other things behind it; the session refuses it by its number.
  if (startup.major != 3) return StartupPacket(startup);
  while (true) {
    std::string_view name = in->c_string();
    if (!in->ok()) return malformed("startup");
    if (name.empty()) break;
    std::string_view value = in->c_string();
    if (!in->ok()) return malformed("startup");
    startup.parameters.emplace_back(name, value);
  }
  if (!in->done()) return malformed("startup");
  return StartupPacket(std::move(startup));
}

// COUNT fields of at least BYTES_EACH bytes must be there before room for them is made.
bool can_hold(const ByteReader& in, int16_t count, size_t bytes_each) {
  return count >= 0 && in.ok() && in.remaining() >= static_cast<size_t>(count) * bytes_each;
}

bool read_formats(ByteReader* in, std::vector<Format>* formats) {
  auto count = in->be<int16_t>();
  if (!can_hold(*in, count, 2)) return false;
  for (int16_t i = 0; i < count; ++i) {
    auto code = in->be<int16_t>();
    if (code != 0 && code != 1) return false;
    formats->push_back(static_cast<Format>(code));
  }
  return true;
}

bool read_parameters(ByteReader* in, Bind* bind) {
  auto count = in->be<int16_t>();
  if (!can_hold(*in, count, 4)) return false;
  for (int16_t i = 0; i < count; ++i) {
    auto size = in->be<int32_t>();
    if (size < -1) return false;
    if (size == -1) {
      bind->parameters.emplace_back();
    } else {
      bind->parameters.emplace_back(in->bytes(static_cast<uint64_t>(size)));
    }
  }
  return in->ok();
}

Result<FrontendMessage> parse_parse(ByteReader* in) {
  Parse parse{in->c_string(), in->c_string(), {}};
  auto count = in->be<int16_t>();
  if (!can_hold(*in, count, 4)) return malformed("Parse");
  for (int16_t i = 0; i < count; ++i) parse.parameter_oids.push_back(in->be<uint32_t>());
  if (!in->done()) return malformed("Parse");
  return FrontendMessage(std::move(parse));
}

Result<FrontendMessage> parse_bind(ByteReader* in) {
  Bind bind{in->c_string(), in->c_string(), {}, {}, {}};
  bool good = read_formats(in, &bind.parameter_formats) && read_parameters(in, &bind) &&
              read_formats(in, &bind.result_formats) && in->done();
  if (!good) return malformed("Bind");
  return FrontendMessage(std::move(bind));
}

template <class Message>
Result<FrontendMessage> parse_target(ByteReader* in, std::string_view what) {
  uint8_t kind = in->u8();
  Message message{kind == 'P' ? Target::portal : Target::statement, in->c_string()};
  if (!in->done() || (kind != 'S' && kind != 'P')) return malformed(what);
  return FrontendMessage(message);
}

template <class Message>
Result<FrontendMessage> parse_empty(ByteReader* in, std::string_view what) {
  if (!in->done()) return malformed(what);
  return FrontendMessage(Message{});
}

Result<FrontendMessage> parse_execute(ByteReader* in) {
  Execute execute{in->c_string(), in->be<int32_t>()};
  if (!in->done()) return malformed("Execute");
  return FrontendMessage(execute);
}

Result<FrontendMessage> parse_query(ByteReader* in) {
  Query query{in->c_string()};
  if (!in->done()) return malformed("Query");
  return FrontendMessage(query);
}

Result<FrontendMessage> parse_body(char type, std::string_view body) {
  ByteReader in(body);
  switch (type) {
    case 'Q':
      return parse_query(&in);
    case 'P':
      return parse_parse(&in);
    case 'B':
      return parse_bind(&in);
    case 'D':
      return parse_target<Describe>(&in, "Describe");
    case 'C':
      return parse_target<Close>(&in, "Close");
    case 'E':
      return parse_execute(&in);
    case 'S':
      return parse_empty<Sync>(&in, "Sync");
    case 'H':
      return parse_empty<Flush>(&in, "Flush");
    case 'X':
      return parse_empty<Terminate>(&in, "Terminate");
    case 'p':
      return FrontendMessage(Authentication{body});
    case 'F':
      return FrontendMessage(FunctionCall{});
    case 'd':
    case 'c':
    case 'f':
      return FrontendMessage(CopyPart{});
    default:
      return Error::permanent(
          fmt::format("invalid frontend message type {}", static_cast<unsigned char>(type)));
  }
}

// Writes a message's type and leaves room for its length, which the destructor fills in.
class MessageWriter {
 public:
  MessageWriter(char type, std::string* out) : out_(out), at_(out->size() + 1) {
    out->push_back(type);
    append_be<uint32_t>(out, 0);
  }
  ~MessageWriter() {
    store_be<uint32_t>(out_->data() + at_, static_cast<uint32_t>(out_->size() - at_));
  }
  MessageWriter(const MessageWriter&) = delete;
  MessageWriter& operator=(const MessageWriter&) = delete;

  MessageWriter& c_string(std::string_view text) {
    out_->append(text.substr(0, text.find('\0')));
    out_->push_back('\0');
    return *this;
  }
  MessageWriter& bytes(std::string_view raw) {
    out_->append(raw);
    return *this;
  }
  template <class T>
  MessageWriter& be(T value) {
    append_be<T>(out_, value);
    return *this;
  }

 private:
  std::string* out_;
  size_t at_;
};

void append_notice_of_type(char type, const Notice& notice, std::string* out) {
  MessageWriter message(type, out);
  message.bytes("S").c_string(notice.severity).bytes("V").c_string(notice.severity);
  message.bytes("C").c_string(notice.sqlstate).bytes("M").c_string(notice.message);
  if (!notice.hint.empty()) message.bytes("H").c_string(notice.hint);
  if (notice.position > 0) message.bytes("P").c_string(std::to_string(notice.position));
  message.be<uint8_t>(0);
}

void append_sasl(int32_t code, std::string_view data, std::string* out) {
  MessageWriter('R', out).be<int32_t>(code).bytes(data);
}

}  // namespace

Result<std::optional<StartupPacket>> take_startup_packet(std::string_view* bytes) {
  using Out = std::optional<StartupPacket>;
  if (bytes->size() < 4) return Out();
  auto size = load_be<uint32_t>(bytes->data());
  if (size < 8 || size > kStartupBytesMax)
    return Error::permanent("invalid length of startup packet");
  if (bytes->size() < size) return Out();
  ByteReader in(bytes->substr(4, size - 4));
  bytes->remove_prefix(size);
  auto code = in.be<uint32_t>();
  if (code == kSslCode) return Out(SslRequest{});
  if (code == kGssCode) return Out(GssEncryptionRequest{});
  if (code != kCancelCode) {
    LEAT_ASSIGN_OR_RETURN(StartupPacket startup, parse_startup(code, &in));
    return Out(std::move(startup));
  }
  CancelRequest cancel{in.be<uint32_t>(), in.be<uint32_t>()};
  if (!in.done()) return malformed("cancel");
  return Out(cancel);
}

Result<std::optional<FrontendMessage>> take_message(std::string_view* bytes, size_t bytes_max) {
  using Out = std::optional<FrontendMessage>;
  if (bytes->size() < 5) return Out();
  auto size = load_be<uint32_t>(bytes->data() + 1);
  if (size < 4) return Error::permanent("invalid message length");
  if (size > bytes_max) {
    return Error::permanent(
        fmt::format("a message of {} bytes; at most {} are taken", size, bytes_max));
  }
  if (bytes->size() - 1 < size) return Out();
  char type = bytes->front();
  std::string_view body = bytes->substr(5, size - 4);
  bytes->remove_prefix(1 + size);
  LEAT_ASSIGN_OR_RETURN(FrontendMessage message, parse_body(type, body));
  return Out(std::move(message));
}

void append_authentication_ok(std::string* out) {
  MessageWriter('R', out).be<int32_t>(0);
}

void append_sasl_request(std::string_view mechanism, std::string* out) {
  MessageWriter('R', out).be<int32_t>(10).c_string(mechanism).be<uint8_t>(0);
}
void append_sasl_continue(std::string_view data, std::string* out) {
  append_sasl(11, data, out);
}
void append_sasl_final(std::string_view data, std::string* out) {
  append_sasl(12, data, out);
}

void append_negotiate_version(uint16_t newest_minor, std::string* out) {
  MessageWriter('v', out).be<uint32_t>((3u << 16) | newest_minor).be<int32_t>(0);
}

void append_parameter_status(std::string_view name, std::string_view value, std::string* out) {
  MessageWriter('S', out).c_string(name).c_string(value);
}

void append_backend_key(uint32_t process_id, uint32_t secret, std::string* out) {
  MessageWriter('K', out).be(process_id).be(secret);
}

void append_ready(TransactionStatus status, std::string* out) {
  MessageWriter('Z', out).be(static_cast<uint8_t>(status));
}

void append_row_description(const std::vector<Field>& fields, std::string* out) {
  MessageWriter message('T', out);
  message.be(static_cast<int16_t>(fields.size()));
  for (const Field& field : fields) {
    // No table, no column number: these rows are not of a table that the client could look up.
    message.c_string(field.name).be<uint32_t>(0).be<int16_t>(0);
    message.be(field.type_oid).be(field.type_size).be(field.type_modifier);
    message.be(static_cast<int16_t>(field.format));
  }
}

void append_parameter_description(const std::vector<uint32_t>& oids, std::string* out) {
  MessageWriter message('t', out);
  message.be(static_cast<int16_t>(oids.size()));
  for (uint32_t oid : oids) message.be(oid);
}

void append_no_data(std::string* out) {
  MessageWriter('n', out);
}
void append_parse_complete(std::string* out) {
  MessageWriter('1', out);
}
void append_bind_complete(std::string* out) {
  MessageWriter('2', out);
}
void append_close_complete(std::string* out) {
  MessageWriter('3', out);
}
void append_portal_suspended(std::string* out) {
  MessageWriter('s', out);
}
void append_empty_query(std::string* out) {
  MessageWriter('I', out);
}
void append_command_complete(std::string_view tag, std::string* out) {
  MessageWriter('C', out).c_string(tag);
}
void append_error(const Notice& notice, std::string* out) {
  append_notice_of_type('E', notice, out);
}
void append_notice(const Notice& notice, std::string* out) {
  append_notice_of_type('N', notice, out);
}

DataRowWriter::DataRowWriter(size_t columns, std::string* out) : out_(out) {
  out->push_back('D');
  row_at_ = out->size();
  append_be<uint32_t>(out, 0);
  append_be<int16_t>(out, static_cast<int16_t>(columns));
}

void DataRowWriter::null() {
  append_be<int32_t>(out_, -1);
}

void DataRowWriter::begin_value() {
  append_be<int32_t>(out_, 0);
  value_at_ = out_->size();
}

void DataRowWriter::end_value() {
  store_be<uint32_t>(out_->data() + value_at_ - 4, static_cast<uint32_t>(out_->size() - value_at_));
}

void DataRowWriter::end() {
  store_be<uint32_t>(out_->data() + row_at_, static_cast<uint32_t>(out_->size() - row_at_));
}

}  // namespace leat::views::serve::pg
