#include "cdc/mysql/binlog/control_events.h"

#include <spdlog/fmt/fmt.h>

#include "cdc/mysql/binlog/packed_integer.h"

namespace leat::cdc::mysql {
namespace {

// The sizes of the fixed parts that the other functions here rely on, the same since MySQL 5.6 and
// MariaDB 10.0. Zero: the server does not know the type.
struct FixedSize {
  EventType type;
  uint8_t bytes;
};
constexpr FixedSize kFixedSizes[] = {
    {EventType::query, 13},        {EventType::rotate, 8},         {EventType::table_map, 8},
    {EventType::write_rows_v1, 8}, {EventType::update_rows_v1, 8}, {EventType::delete_rows_v1, 8},
    {EventType::write_rows, 10},   {EventType::update_rows, 10},   {EventType::delete_rows, 10},
};

Status check_fixed_sizes(std::string_view sizes) {
  for (const FixedSize& expected : kFixedSizes) {
    size_t index = static_cast<size_t>(expected.type) - 1;
    uint8_t bytes = index < sizes.size() ? static_cast<uint8_t>(sizes[index]) : 0;
    if (bytes == expected.bytes || bytes == 0) continue;
    return Error::permanent(
        fmt::format("it describes {} events with {} bytes of fixed fields, not "
                    "{}: no server that Leat supports writes such",
                    event_name(expected.type), bytes, expected.bytes));
  }
  return Ok();
}

std::string_view without_padding(std::string_view text) {
  return text.substr(0, text.find('\0'));
}

enum class HeartbeatField : uint64_t { end = 0, file = 1, position = 2 };
enum class PayloadField : uint64_t { end = 0, bytes = 1, compression = 2, bytes_uncompressed = 3 };

}  // namespace

Result<FormatDescription> read_format_description(ByteReader& in) {
  FormatDescription out{};
  auto binlog_version = in.le<uint16_t>();
  out.server_version = without_padding(in.bytes(50));
  in.le<uint32_t>();  // when the file was begun
  uint8_t header_bytes = in.u8();
  std::string_view rest = in.rest();
  if (!in.ok() || rest.empty()) {
    in.fail();
    return out;
  }
  if (binlog_version != 4 || header_bytes != EventHeader::kBytes) {
    return Error::permanent(
        fmt::format("binlog version {} with event headers of {} bytes is not "
                    "supported (version 4, since MySQL 5.0, is)",
                    binlog_version, header_bytes));
  }
  auto checksum = static_cast<uint8_t>(rest.back());
  if (checksum > static_cast<uint8_t>(ChecksumKind::crc32)) {
    return Error::permanent(fmt::format("checksum algorithm {} is unknown", checksum));
  }
  out.checksum = static_cast<ChecksumKind>(checksum);
  out.post_header_sizes = rest.substr(0, rest.size() - 1);
  bool mariadb = out.server_version.find("MariaDB") != std::string_view::npos;
  out.flavour = mariadb ? Flavour::mariadb : Flavour::mysql;
  LEAT_RETURN_IF_ERROR(check_fixed_sizes(out.post_header_sizes));
  return out;
}

Rotate read_rotate(ByteReader& in) {
  Rotate out{};
  out.position = in.le<uint64_t>();
  out.file = in.rest();
  return out;
}

namespace {

Query read_query_text(ByteReader& in, size_t skipped_bytes) {
  Query out{};
  out.thread_id = in.le<uint32_t>();
  in.le<uint32_t>();  // seconds that it took
  uint8_t schema_size = in.u8();
  out.error_code = in.le<uint16_t>();
  auto status_size = in.le<uint16_t>();
  in.bytes(skipped_bytes);
  out.status_variables = in.bytes(status_size);
  out.schema = in.bytes(schema_size);
  if (in.u8() != 0) in.fail();
  out.text = in.rest();
  return out;
}

}  // namespace

Query read_query(ByteReader& in) {
  return read_query_text(in, 0);
}

// The file's number, where its name stands in the text (twice u32), what to do with duplicates.
Query read_load_query(ByteReader& in) {
  constexpr size_t kOfTheFile = 13;
  return read_query_text(in, kOfTheFile);
}

XaPrepare read_xa_prepare(ByteReader& in) {
  XaPrepare out{};
  out.one_phase = in.u8() != 0;
  out.id.format = in.le<uint32_t>();
  auto transaction_size = in.le<uint32_t>();
  auto branch_size = in.le<uint32_t>();
  out.id.transaction = in.bytes(transaction_size);
  out.id.branch = in.bytes(branch_size);
  return out;
}

Heartbeat read_heartbeat_v2(ByteReader& in) {
  Heartbeat out{};
  while (in.ok() && in.remaining() != 0) {
    auto field = static_cast<HeartbeatField>(read_packed(in));
    if (field == HeartbeatField::end) break;
    ByteReader value(read_packed_string(in));
    if (field == HeartbeatField::file) out.file = value.rest();
    if (field == HeartbeatField::position) out.position = read_packed(value);
    if (!value.ok()) in.fail();
  }
  return out;
}

Incident read_incident(ByteReader& in) {
  Incident out{};
  out.number = in.le<uint16_t>();
  if (in.remaining() != 0) out.message = in.bytes(in.u8());
  return out;
}

Result<TransactionPayload> read_transaction_payload(ByteReader& in) {
  TransactionPayload out{};
  uint64_t bytes = UINT64_MAX, compression = UINT64_MAX;
  for (;;) {
    auto field = static_cast<PayloadField>(read_packed(in));
    if (!in.ok() || field == PayloadField::end) break;
    ByteReader value(read_packed_string(in));
    if (field == PayloadField::bytes) bytes = read_packed(value);
    if (field == PayloadField::compression) compression = read_packed(value);
    if (field == PayloadField::bytes_uncompressed) out.bytes_uncompressed = read_packed(value);
    if (!value.ok()) in.fail();
  }
  out.payload = in.rest();
  if (!in.ok()) return out;
  if (compression != static_cast<uint64_t>(PayloadCompression::zstd) &&
      compression != static_cast<uint64_t>(PayloadCompression::none)) {
    return Error::permanent(fmt::format("its compression {} is unknown", compression));
  }
  out.compression = static_cast<PayloadCompression>(compression);
  if (bytes != out.payload.size()) in.fail();
  return out;
}

RowsFragment read_rows_fragment(ByteReader& in) {
  constexpr uint8_t kHasTotal = 1;
  RowsFragment out{};
  out.count = in.le<uint32_t>();
  out.number = in.le<uint32_t>();
  if ((in.u8() & kHasTotal) != 0) out.bytes_total = in.le<uint64_t>();
  out.bytes = in.rest();
  return out;
}

}  // namespace leat::cdc::mysql
