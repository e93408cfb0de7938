#include "cdc/mysql/binlog/gtid_events.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "cdc/mysql/binlog/packed_integer.h"

namespace leat::cdc::mysql {
namespace {

// In the order of their numbers, which the serialization library gives by position
// (libs/mysql/binlog/event/control_events.h, Gtid_event::define_fields).
enum class TaggedField : uint64_t {
  flags,
  source,
  number,
  tag,
  last_committed,
  sequence_number,
  commit_time,
  original_commit_time,
  transaction_length,
  server_version,
  original_server_version,
  commit_group_ticket,
};
constexpr auto kTaggedFieldLast = static_cast<uint64_t>(TaggedField::commit_group_ticket);

void read_tagged_field(TaggedField field, ByteReader& in, GtidEvent* out) {
  switch (field) {
    case TaggedField::source:
      for (uint8_t& byte : out->source) byte = static_cast<uint8_t>(read_serialized(in));
      return;
    case TaggedField::number:
      out->number = static_cast<uint64_t>(read_serialized_signed(in));
      return;
    case TaggedField::tag:
      out->tag = in.bytes(read_serialized(in));
      return;
    case TaggedField::commit_time:
      out->commit_us = read_serialized(in);
      return;
    case TaggedField::transaction_length:
      out->transaction_length = read_serialized(in);
      return;
    default:
      read_serialized(in);
  }
}

// 7 bytes; the bit above the time says that another one follows.
uint64_t read_commit_time(ByteReader& in) {
  constexpr uint64_t kAnotherFollows = 1ULL << 55;
  uint64_t time = read_le(in, 7);
  if ((time & kAnotherFollows) != 0) read_le(in, 7);
  return time & (kAnotherFollows - 1);
}

XaId read_xa_id(ByteReader& in) {
  XaId out{};
  out.format = in.le<uint32_t>();
  uint8_t transaction_size = in.u8();
  uint8_t branch_size = in.u8();
  out.transaction = in.bytes(transaction_size);
  out.branch = in.bytes(branch_size);
  return out;
}

}  // namespace

GtidEvent read_gtid(ByteReader& in, bool anonymous) {
  constexpr uint8_t kLogicalTimestamps = 2;
  GtidEvent out{};
  out.anonymous = anonymous;
  in.u8();  // flags
  std::string_view source = in.bytes(out.source.size());
  std::copy(source.begin(), source.end(), out.source.begin());
  out.number = in.le<uint64_t>();
  if (in.remaining() == 0 || in.u8() != kLogicalTimestamps) return out;
  in.bytes(16);                         // last committed, sequence number: for parallel appliers
  if (in.remaining() == 0) return out;  // MySQL 5.7
  out.commit_us = read_commit_time(in);
  if (in.remaining() != 0) out.transaction_length = read_packed(in);
  return out;
}

Result<GtidEvent> read_tagged_gtid(ByteReader& in) {
  constexpr uint64_t kFormatVersion = 1;
  GtidEvent out{};
  size_t message_bytes = in.remaining();
  uint64_t version = read_serialized(in);
  if (in.ok() && version != kFormatVersion) {
    return Error::permanent(fmt::format("its serialization version {} is unknown", version));
  }
  uint64_t size = read_serialized(in);  // of the whole message
  uint64_t last_needed = read_serialized(in);
  if (in.ok() && last_needed > kTaggedFieldLast) {
    return Error::permanent(fmt::format(
        "it has a field {} that must be understood and is not known to this version", last_needed));
  }
  if (size > message_bytes) in.fail();
  while (in.ok() && message_bytes - in.remaining() < size) {
    uint64_t field = read_serialized(in);
    if (field > kTaggedFieldLast) break;  // newer fields, which may be ignored, come last
    read_tagged_field(static_cast<TaggedField>(field), in, &out);
  }
  return out;
}

MariadbGtid read_mariadb_gtid(ByteReader& in) {
  constexpr uint8_t kStandalone = 1, kHasCommitId = 2, kTransactional = 4, kDdl = 32,
                    kPreparedXa = 64, kCompletedXa = 128;
  MariadbGtid out{};
  out.sequence = in.le<uint64_t>();
  out.domain = in.le<uint32_t>();
  uint8_t flags = in.u8();
  auto is = [&](uint8_t flag) { return (flags & flag) != 0; };
  out.standalone = is(kStandalone);
  out.transactional = is(kTransactional);
  out.ddl = is(kDdl);
  out.prepared_xa = is(kPreparedXa);
  out.completed_xa = is(kCompletedXa);
  if (is(kHasCommitId)) out.commit_id = in.le<uint64_t>();
  if (out.prepared_xa || out.completed_xa) out.xa = read_xa_id(in);
  return out;  // behind it: flags for appliers, padding
}

GtidList read_gtid_list(ByteReader& in) {
  constexpr uint32_t kCountMask = (1U << 28) - 1;
  GtidList out;
  uint32_t count = in.le<uint32_t>() & kCountMask;
  for (uint32_t i = 0; i < count && in.ok(); ++i) {
    MariadbGtidListed gtid{};
    gtid.domain = in.le<uint32_t>();
    gtid.server_id = in.le<uint32_t>();
    gtid.sequence = in.le<uint64_t>();
    out.gtids.push_back(gtid);
  }
  if (count == 0) in.rest();  // padding
  return out;
}

}  // namespace leat::cdc::mysql
