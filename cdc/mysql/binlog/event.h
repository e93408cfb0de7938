// What a binlog event says. Everything that an event views lives in the bytes that it was decoded
// from, or in the decoder until its next event.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "cdc/mysql/binlog/event_type.h"
#include "log/base/ids.h"

namespace leat::cdc::mysql {

enum class Flavour : uint8_t { mysql, mariadb };

enum class ChecksumKind : uint8_t { none = 0, crc32 = 1 };

using TableId = StrongId<struct BinlogTableIdTag, uint64_t>;

struct EventHeader {
  static constexpr size_t kBytes = 19;

  uint32_t timestamp_s = 0;  // since 1970; 0 of artificial events
  EventType type{};
  uint32_t server_id = 0;
  uint32_t size = 0;          // with the header and the checksum
  uint32_t end_position = 0;  // in the file, modulo 2^32; 0 where the event is in none
  uint16_t flags = 0;

  bool in_use() const { return (flags & 0x1) != 0; }
  // The statement is of a session with temporary tables, and may be of one of those.
  bool thread_specific() const { return (flags & 0x4) != 0; }
  // Made by the server for the reader; not in any file.
  bool artificial() const { return (flags & 0x20) != 0; }
  bool ignorable() const { return (flags & 0x80) != 0; }
};

struct FormatDescription {
  Flavour flavour;
  std::string_view server_version;
  ChecksumKind checksum;
  std::string_view post_header_sizes;  // a byte each, of event types from 1 on
};
struct Rotate {
  uint64_t position;
  std::string_view file;
};
struct Query {
  uint32_t thread_id;
  uint16_t error_code;
  std::string_view status_variables;
  std::string_view schema;  // the default one
  std::string_view text;    // in the client's character set
};
struct Xid {
  uint64_t id;
};
struct XaId {
  uint32_t format;
  std::string_view transaction;  // gtrid
  std::string_view branch;       // bqual
};
struct XaPrepare {
  bool one_phase;  // XA COMMIT ... ONE PHASE: it commits here
  XaId id;
};
struct TableMapEvent {
  TableId table;
  std::string_view bytes;  // all behind the id: see parse_table_map()
};

enum class RowsKind : uint8_t { insert, update, remove };

struct RowsEvent {
  RowsKind kind;
  bool partial_json;  // PARTIAL_UPDATE_ROWS
  TableId table;
  bool ends_statement;
  size_t column_count;
  // A bit for each column that the images hold, bit i%8 of byte i/8; empty where the kind has no
  // such image.
  std::string_view columns_before;
  std::string_view columns_after;
  std::string_view rows;
};

using Uuid = std::array<uint8_t, 16>;

// MySQL's GTID, ANONYMOUS_GTID and GTID_TAGGED.
struct GtidEvent {
  bool anonymous;
  Uuid source;
  std::string_view tag;
  uint64_t number;
  uint64_t commit_us;           // since 1970, on this server; 0 before MySQL 8.0
  uint64_t transaction_length;  // with this event; 0: unknown
};
struct MariadbGtid {
  uint32_t domain;
  uint64_t sequence;
  bool standalone;  // no COMMIT follows: one event group without BEGIN
  bool transactional;
  bool ddl;
  bool prepared_xa;
  bool completed_xa;
  std::optional<uint64_t> commit_id;
  std::optional<XaId> xa;
};
struct MariadbGtidListed {
  uint32_t domain;
  uint32_t server_id;
  uint64_t sequence;
};
struct GtidList {
  std::vector<MariadbGtidListed> gtids;
};
struct PreviousGtids {
  std::string_view set;  // see GtidSet::decode()
};
struct Heartbeat {
  std::string_view file;
  uint64_t position;
};
struct StatementText {  // ANNOTATE_ROWS, ROWS_QUERY
  std::string_view text;
};
struct Incident {
  uint16_t number;
  std::string_view message;
};
enum class PayloadCompression : uint8_t { zstd = 0, none = 255 };
struct TransactionPayload {
  PayloadCompression compression;
  uint64_t bytes_uncompressed;
  std::string_view payload;  // whole events without checksums: see PayloadReader
};
// A piece of one rows event; the pieces' bytes together are that event, with its header.
struct RowsFragment {
  uint32_t count;
  uint32_t number;                      // from 1
  std::optional<uint64_t> bytes_total;  // with the first
  std::string_view bytes;
};
// Part of a change logged as its statement: binlog_format is not ROW.
struct StatementPart {};
// Nothing that a reader of rows needs to know.
struct Ignored {};

using EventBody =
    std::variant<FormatDescription, Rotate, Query, Xid, XaPrepare, TableMapEvent, RowsEvent,
                 GtidEvent, MariadbGtid, GtidList, PreviousGtids, Heartbeat, StatementText,
                 Incident, TransactionPayload, RowsFragment, StatementPart, Ignored>;

struct Event {
  EventHeader header;
  EventBody body;
};

}  // namespace leat::cdc::mysql
