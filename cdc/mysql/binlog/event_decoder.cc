#include "cdc/mysql/binlog/event_decoder.h"

#include <spdlog/fmt/fmt.h>
#include <zlib.h>

#include <utility>

#include "cdc/mysql/binlog/compression.h"
#include "cdc/mysql/binlog/control_events.h"
#include "cdc/mysql/binlog/gtid_events.h"
#include "cdc/mysql/binlog/packed_integer.h"
#include "cdc/mysql/binlog/rows_event.h"

namespace leat::cdc::mysql {
namespace {

constexpr size_t kChecksumBytes = 4;
constexpr size_t kFlagsOffset = 17;

Error at_event(const EventHeader& header, const Error& error) {
  std::string where =
      header.end_position == 0
          ? event_name(header.type)
          : fmt::format("{} event that ends at {}", event_name(header.type), header.end_position);
  return error.in(where);
}

uint32_t crc32_of(uint32_t crc, std::string_view bytes) {
  return static_cast<uint32_t>(
      crc32(crc, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

// The server sums the FORMAT_DESCRIPTION before it marks the file as in use.
uint32_t crc32_of_event(std::string_view bytes, bool in_use) {
  if (!in_use) return crc32_of(0, bytes);
  std::string flags(bytes.substr(kFlagsOffset, 2));
  flags[0] = static_cast<char>(flags[0] & ~1);
  uint32_t crc = crc32_of(0, bytes.substr(0, kFlagsOffset));
  return crc32_of(crc32_of(crc, flags), bytes.substr(kFlagsOffset + 2));
}

// The header, where BYTES are as many as it says.
Result<EventHeader> checked_header(std::string_view bytes) {
  if (bytes.size() < EventHeader::kBytes) {
    return Error::permanent(
        fmt::format("an event of {} bytes is shorter than its header", bytes.size()));
  }
  EventHeader header = decode_event_header(bytes);
  if (header.size == bytes.size()) return header;
  return at_event(header,
                  Error::permanent(fmt::format("it says that it has {} bytes, and {} are here",
                                               header.size, bytes.size())));
}

Status check_crc32(const EventHeader& header, std::string_view bytes) {
  auto stored = load_le<uint32_t>(bytes.data() + bytes.size() - kChecksumBytes);
  bool in_use = header.type == EventType::format_description && header.in_use();
  uint32_t sum = crc32_of_event(bytes.substr(0, bytes.size() - kChecksumBytes), in_use);
  if (sum == stored) return Ok();
  return Error::permanent(
      fmt::format("its checksum is {:08x}, and its bytes give {:08x}", stored, sum));
}

// Of a FORMAT_DESCRIPTION: it says itself how it is summed, in the byte before the sum.
ChecksumKind own_checksum(std::string_view bytes) {
  return bytes[bytes.size() - kChecksumBytes - 1] == 0 ? ChecksumKind::none : ChecksumKind::crc32;
}

StatementText read_rows_query(ByteReader& in) {
  in.u8();  // the text's length, cut to a byte
  return {in.rest()};
}

Ignored skip_all(ByteReader& in) {
  in.rest();
  return {};
}

StatementPart read_statement_part(ByteReader& in) {
  in.rest();
  return {};
}

TableMapEvent read_table_map_event(ByteReader& in) {
  TableMapEvent out{};
  out.table = TableId(read_le(in, 6));
  out.bytes = in.rest();
  return out;
}

template <class T>
Result<EventBody> whole(Result<T> body) {
  if (!body.ok()) return body.error();
  return EventBody(std::move(*body));
}

bool is_rows_event(EventType type) {
  return (type >= EventType::write_rows_v1 && type <= EventType::delete_rows_v1) ||
         (type >= EventType::write_rows && type <= EventType::delete_rows) ||
         type == EventType::partial_update_rows ||
         (type >= EventType::write_rows_compressed_v1 && type <= EventType::delete_rows_compressed);
}

Result<EventBody> read_compressed_query(ByteReader& in, std::string* scratch) {
  Query query = read_query(in);
  if (!in.ok()) return EventBody(query);
  LEAT_RETURN_IF_ERROR(uncompress_event(query.text, kEventBytesMax, scratch));
  query.text = *scratch;
  return EventBody(query);
}

// In a stream from the server START_ENCRYPTION is marked as ignorable: what follows is decrypted.
Result<EventBody> refuse(const EventHeader& header) {
  if (header.type == EventType::start_encryption) {
    return Error::permanent(
        "the binlog file is encrypted; read it from the server, which decrypts it");
  }
  return Error::permanent(
      "this version of Leat does not know such events, and the server marks it as needed");
}

Result<EventBody> read_mariadb_body(const EventHeader& header, ByteReader& in,
                                    std::string* scratch) {
  switch (header.type) {
    case EventType::annotate_rows:
      return EventBody(StatementText{in.rest()});
    case EventType::binlog_checkpoint:
      return EventBody(skip_all(in));
    case EventType::mariadb_gtid: {
      EventBody gtid = read_mariadb_gtid(in);
      if (in.ok()) in.rest();
      return gtid;
    }
    case EventType::gtid_list:
      return EventBody(read_gtid_list(in));
    case EventType::query_compressed:
      return read_compressed_query(in, scratch);
    case EventType::partial_row_data:
      return EventBody(read_rows_fragment(in));
    default:
      if (header.ignorable()) return EventBody(skip_all(in));
      return refuse(header);
  }
}

Result<EventBody> read_gtid_body(EventType type, ByteReader& in) {
  if (type == EventType::previous_gtids) return EventBody(PreviousGtids{in.rest()});
  if (type == EventType::gtid_tagged) {
    auto tagged = whole(read_tagged_gtid(in));
    if (in.ok()) in.rest();
    return tagged;
  }
  EventBody gtid = read_gtid(in, type == EventType::anonymous_gtid);
  if (in.ok()) in.rest();  // newer servers add fields at the end
  return gtid;
}

bool is_statement_part(EventType type) {
  return type == EventType::intvar || type == EventType::rand || type == EventType::user_var ||
         type == EventType::begin_load_query;
}

bool says_nothing_of_rows(EventType type) {
  return type == EventType::stop || type == EventType::ignorable ||
         type == EventType::transaction_context || type == EventType::view_change;
}

bool is_gtid_event(EventType type) {
  return (type >= EventType::gtid && type <= EventType::previous_gtids) ||
         type == EventType::gtid_tagged;
}

Result<EventBody> read_body(const EventHeader& header, ByteReader& in, std::string* scratch) {
  if (is_rows_event(header.type)) return whole(read_rows_event(header.type, in, scratch));
  if (is_gtid_event(header.type)) return read_gtid_body(header.type, in);
  if (is_statement_part(header.type)) return EventBody(read_statement_part(in));
  if (says_nothing_of_rows(header.type)) return EventBody(skip_all(in));
  switch (header.type) {
    case EventType::table_map:
      return EventBody(read_table_map_event(in));
    case EventType::query:
      return EventBody(read_query(in));
    case EventType::execute_load_query:
      return EventBody(read_load_query(in));
    case EventType::xid:
      return EventBody(Xid{in.le<uint64_t>()});
    case EventType::xa_prepare:
      return EventBody(read_xa_prepare(in));
    case EventType::rotate:
      return EventBody(read_rotate(in));
    case EventType::format_description:
      return whole(read_format_description(in));
    case EventType::heartbeat:
      return EventBody(Heartbeat{in.rest(), header.end_position});
    case EventType::heartbeat_v2:
      return EventBody(read_heartbeat_v2(in));
    case EventType::rows_query:
      return EventBody(read_rows_query(in));
    case EventType::incident:
      return EventBody(read_incident(in));
    case EventType::transaction_payload:
      return whole(read_transaction_payload(in));
    default:
      return read_mariadb_body(header, in, scratch);
  }
}

}  // namespace

EventHeader decode_event_header(std::string_view bytes) {
  ByteReader in(bytes.substr(0, EventHeader::kBytes));
  EventHeader header;
  header.timestamp_s = in.le<uint32_t>();
  header.type = static_cast<EventType>(in.u8());
  header.server_id = in.le<uint32_t>();
  header.size = in.le<uint32_t>();
  header.end_position = in.le<uint32_t>();
  header.flags = in.le<uint16_t>();
  return header;
}

Result<Event> EventDecoder::decode(std::string_view bytes) {
  LEAT_ASSIGN_OR_RETURN(EventHeader header, checked_header(bytes));
  bool describes = header.type == EventType::format_description;
  bool has_checksum = describes || checksum_ == ChecksumKind::crc32;
  if (!has_checksum) return decode_body(header, bytes.substr(EventHeader::kBytes));
  if (bytes.size() < EventHeader::kBytes + kChecksumBytes + (describes ? 1 : 0)) {
    return at_event(header, Error::permanent("it has no room for its checksum"));
  }
  if (!describes || own_checksum(bytes) == ChecksumKind::crc32) {
    Status sum = check_crc32(header, bytes);
    if (!sum.ok()) return at_event(header, sum.error());
  }
  size_t body_bytes = bytes.size() - EventHeader::kBytes - kChecksumBytes;
  return decode_body(header, bytes.substr(EventHeader::kBytes, body_bytes));
}

Result<Event> EventDecoder::decode_unchecked(std::string_view bytes) {
  LEAT_ASSIGN_OR_RETURN(EventHeader header, checked_header(bytes));
  return decode_body(header, bytes.substr(EventHeader::kBytes));
}

Result<Event> EventDecoder::decode_body(const EventHeader& header, std::string_view body) {
  ByteReader in(body);
  auto read = read_body(header, in, &uncompressed_);
  if (!read.ok()) return at_event(header, read.error());
  if (!in.ok()) return at_event(header, Error::permanent("it ends early"));
  if (!in.done()) {
    return at_event(header,
                    Error::permanent(fmt::format("{} bytes follow its end", in.remaining())));
  }
  if (const auto* format = std::get_if<FormatDescription>(&*read)) {
    checksum_ = format->checksum;
    flavour_ = format->flavour;
  }
  return Event{header, std::move(*read)};
}

}  // namespace leat::cdc::mysql
