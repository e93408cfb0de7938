#include "cdc/postgres/pgoutput.h"

#include <spdlog/fmt/fmt.h>

namespace leat::cdc::pgoutput {
namespace {

Lsn read_lsn(ByteReader& in) {
  return Lsn(in.be<uint64_t>());
}
Xid read_xid(ByteReader& in) {
  return Xid(in.be<uint32_t>());
}
Xid read_stream_xid(ByteReader& in, bool in_stream) {
  return in_stream ? read_xid(in) : Xid();
}
RelationOid read_relation_oid(ByteReader& in) {
  return RelationOid(in.be<uint32_t>());
}

void skip_column(ByteReader& in) {
  switch (static_cast<ColumnKind>(in.u8())) {
    case ColumnKind::null:
    case ColumnKind::unchanged:
      return;
    case ColumnKind::text:
    case ColumnKind::binary:
      in.bytes(in.be<uint32_t>());
      return;
  }
  in.fail();
}

// TupleData, as views: walked once here so that Tuple::for_each needs no checks.
Tuple read_tuple(ByteReader& in, std::string_view message) {
  auto column_count = in.be<uint16_t>();
  size_t from = message.size() - in.remaining();
  for (int i = 0; i < column_count && in.ok(); ++i) skip_column(in);
  if (!in.ok()) return {};
  return {column_count, message.substr(from, message.size() - in.remaining() - from)};
}

// The byte 'N' and the row after the change.
Tuple read_new_tuple(ByteReader& in, std::string_view message) {
  if (in.u8() != 'N') in.fail();
  return read_tuple(in, message);
}

Begin read_begin(ByteReader& in) {
  Begin out;
  out.commit_lsn = read_lsn(in);
  out.commit_time_us = in.be<int64_t>();
  out.xid = read_xid(in);
  return out;
}

Commit read_commit(ByteReader& in) {
  Commit out;
  in.u8();  // flags, none defined
  out.commit_lsn = read_lsn(in);
  out.end_lsn = read_lsn(in);
  out.commit_time_us = in.be<int64_t>();
  return out;
}

Origin read_origin(ByteReader& in) {
  Origin out;
  out.commit_lsn = read_lsn(in);
  out.name = in.c_string();
  return out;
}

RelationColumn read_relation_column(ByteReader& in) {
  RelationColumn out;
  out.is_key = (in.u8() & 1) != 0;
  out.name = in.c_string();
  out.type_oid = in.be<uint32_t>();
  out.type_modifier = in.be<int32_t>();
  return out;
}

Relation read_relation(ByteReader& in, bool in_stream) {
  Relation out;
  out.xid = read_stream_xid(in, in_stream);
  out.oid = read_relation_oid(in);
  out.schema = in.c_string();
  out.name = in.c_string();
  out.replica_identity = static_cast<char>(in.u8());
  auto column_count = in.be<uint16_t>();
  for (int i = 0; i < column_count && in.ok(); ++i) out.columns.push_back(read_relation_column(in));
  return out;
}

TypeName read_type(ByteReader& in, bool in_stream) {
  TypeName out;
  out.xid = read_stream_xid(in, in_stream);
  out.oid = in.be<uint32_t>();
  out.schema = in.c_string();
  out.name = in.c_string();
  return out;
}

Insert read_insert(ByteReader& in, bool in_stream, std::string_view message) {
  Insert out;
  out.xid = read_stream_xid(in, in_stream);
  out.relation = read_relation_oid(in);
  out.after = read_new_tuple(in, message);
  return out;
}

bool is_old_tuple(uint8_t byte) {
  return byte == static_cast<uint8_t>(OldTuple::key) ||
         byte == static_cast<uint8_t>(OldTuple::full);
}

Update read_update(ByteReader& in, bool in_stream, std::string_view message) {
  Update out;
  out.xid = read_stream_xid(in, in_stream);
  out.relation = read_relation_oid(in);
  uint8_t kind = in.u8();
  out.old_kind = OldTuple::none;
  if (is_old_tuple(kind)) {
    out.old_kind = static_cast<OldTuple>(kind);
    out.before = read_tuple(in, message);
    kind = in.u8();
  }
  if (kind != 'N') in.fail();
  out.after = read_tuple(in, message);
  return out;
}

Delete read_delete(ByteReader& in, bool in_stream, std::string_view message) {
  Delete out;
  out.xid = read_stream_xid(in, in_stream);
  out.relation = read_relation_oid(in);
  uint8_t kind = in.u8();
  if (!is_old_tuple(kind)) in.fail();
  out.old_kind = static_cast<OldTuple>(kind);
  out.before = read_tuple(in, message);
  return out;
}

Truncate read_truncate(ByteReader& in, bool in_stream) {
  Truncate out;
  out.xid = read_stream_xid(in, in_stream);
  auto count = in.be<uint32_t>();
  in.u8();  // CASCADE, RESTART IDENTITY: the relations are listed all the same
  for (uint32_t i = 0; i < count && in.ok(); ++i) out.relations.push_back(read_relation_oid(in));
  return out;
}

LogicalMessage read_logical_message(ByteReader& in, bool in_stream) {
  LogicalMessage out;
  out.xid = read_stream_xid(in, in_stream);
  out.transactional = (in.u8() & 1) != 0;
  out.lsn = read_lsn(in);
  out.prefix = in.c_string();
  out.content = in.bytes(in.be<uint32_t>());
  return out;
}

StreamStart read_stream_start(ByteReader& in) {
  StreamStart out;
  out.xid = read_xid(in);
  out.first_segment = in.u8() == 1;
  return out;
}

StreamCommit read_stream_commit(ByteReader& in) {
  StreamCommit out;
  out.xid = read_xid(in);
  in.u8();  // flags, none defined
  out.commit_lsn = read_lsn(in);
  out.end_lsn = read_lsn(in);
  out.commit_time_us = in.be<int64_t>();
  return out;
}

StreamAbort read_stream_abort(ByteReader& in) {
  StreamAbort out;
  out.xid = read_xid(in);
  out.subxid = read_xid(in);
  return out;
}

Message read_body(char type, ByteReader& in, bool in_stream, std::string_view message) {
  switch (type) {
    case 'I':
      return read_insert(in, in_stream, message);
    case 'U':
      return read_update(in, in_stream, message);
    case 'D':
      return read_delete(in, in_stream, message);
    case 'B':
      return read_begin(in);
    case 'C':
      return read_commit(in);
    case 'O':
      return read_origin(in);
    case 'R':
      return read_relation(in, in_stream);
    case 'Y':
      return read_type(in, in_stream);
    case 'T':
      return read_truncate(in, in_stream);
    case 'M':
      return read_logical_message(in, in_stream);
    case 'S':
      return read_stream_start(in);
    case 'E':
      return StreamStop();
    case 'c':
      return read_stream_commit(in);
    case 'A':
      return read_stream_abort(in);
    default:
      in.fail();
      return StreamStop();
  }
}

}  // namespace

Result<Message> decode(std::string_view bytes, bool in_stream) {
  ByteReader in(bytes);
  char type = static_cast<char>(in.u8());
  Message message = read_body(type, in, in_stream, bytes);
  if (in.done()) return message;
  return Error::permanent(fmt::format(
      "the server sent a replication message that cannot be read (type byte 0x{:02X}, {} bytes)",
      static_cast<unsigned char>(type), bytes.size()));
}

}  // namespace leat::cdc::pgoutput
