// The messages of the logical replication protocol, version 2 (PostgreSQL 14 and later): a pure
// function from bytes to a message or an error.
// https://www.postgresql.org/docs/15/protocol-logicalrep-message-formats.html
//
// Between Stream Start and Stream Stop each message about data carries the id of the
// (sub)transaction it belongs to; outside it does not. So the decoder must be told where it is.
//
// Everything that a message views lives as long as the bytes it was decoded from.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "cdc/postgres/lsn.h"
#include "log/base/bytes.h"
#include "log/base/ids.h"
#include "log/base/status.h"

namespace leat::cdc::pgoutput {

using RelationOid = StrongId<struct RelationOidTag, uint32_t>;
// 32 bits, without the epoch; 0 where the message carries none.
using Xid = StrongId<struct XidTag, uint32_t>;

enum class ColumnKind : char {
  null = 'n',
  unchanged = 'u',  // a TOASTed value that the change did not touch; its bytes are not sent
  text = 't',
  binary = 'b',
};

struct ColumnValue {
  ColumnKind kind;
  std::string_view bytes;  // of text and binary
};

// The columns of a row, checked when the message was decoded.
class Tuple {
 public:
  Tuple() = default;
  Tuple(uint16_t column_count, std::string_view bytes)
      : column_count_(column_count), bytes_(bytes) {}

  uint16_t column_count() const { return column_count_; }

  // Calls f(index, ColumnValue) for each column in order.
  template <class F>
  void for_each(F&& f) const {
    const char* at = bytes_.data();
    for (size_t i = 0; i < column_count_; ++i) {
      ColumnValue value{static_cast<ColumnKind>(*at++), {}};
      if (value.kind == ColumnKind::text || value.kind == ColumnKind::binary) {
        auto size = load_be<uint32_t>(at);
        value.bytes = {at + 4, size};
        at += 4 + size;
      }
      f(i, value);
    }
  }

 private:
  uint16_t column_count_ = 0;
  std::string_view bytes_;
};

struct Begin {
  Lsn commit_lsn;          // where the commit record begins
  int64_t commit_time_us;  // since 2000-01-01, like all times of this protocol
  Xid xid;
};
struct Commit {
  Lsn commit_lsn;
  Lsn end_lsn;  // one past the commit record: what a position is
  int64_t commit_time_us;
};
struct Origin {
  Lsn commit_lsn;
  std::string_view name;
};
struct RelationColumn {
  bool is_key;  // part of the replica identity
  std::string_view name;
  uint32_t type_oid;
  int32_t type_modifier;
};
struct Relation {
  Xid xid;
  RelationOid oid;
  std::string_view schema;  // empty: pg_catalog
  std::string_view name;
  char replica_identity;  // as pg_class.relreplident: d, n, f, i
  std::vector<RelationColumn> columns;
};
struct TypeName {
  Xid xid;
  uint32_t oid;
  std::string_view schema;
  std::string_view name;
};
struct Insert {
  Xid xid;
  RelationOid relation;
  Tuple after;
};
// What an update or a delete says of the row before it.
enum class OldTuple : char {
  none = 0,
  key = 'K',   // the columns of the replica identity; the others are null
  full = 'O',  // REPLICA IDENTITY FULL: the whole row
};
struct Update {
  Xid xid;
  RelationOid relation;
  OldTuple old_kind;
  Tuple before;
  Tuple after;
};
struct Delete {
  Xid xid;
  RelationOid relation;
  OldTuple old_kind;  // never none
  Tuple before;
};
struct Truncate {
  Xid xid;
  std::vector<RelationOid> relations;
};
struct LogicalMessage {
  Xid xid;
  bool transactional;
  Lsn lsn;
  std::string_view prefix;
  std::string_view content;
};
struct StreamStart {
  Xid xid;  // of the top transaction
  bool first_segment;
};
struct StreamStop {};
struct StreamCommit {
  Xid xid;
  Lsn commit_lsn;
  Lsn end_lsn;
  int64_t commit_time_us;
};
struct StreamAbort {
  Xid xid;
  Xid subxid;  // equal to xid where the whole transaction was rolled back
};

using Message =
    std::variant<Begin, Commit, Origin, Relation, TypeName, Insert, Update, Delete, Truncate,
                 LogicalMessage, StreamStart, StreamStop, StreamCommit, StreamAbort>;

// Bytes that are no such message, end early or go on after its end are a permanent error.
Result<Message> decode(std::string_view bytes, bool in_stream);

}  // namespace leat::cdc::pgoutput
