#include "cdc/mysql/event_probe.h"

#include <chrono>

#include "cdc/mysql/binlog/event_decoder.h"
#include "cdc/mysql/binlog/position.h"
#include "cdc/mysql/connection.h"
#include "log/base/clock.h"

namespace leat::cdc::mysql {
namespace {

using Mark = std::optional<EventMark>;

constexpr std::chrono::seconds kTimeMax(60);
constexpr std::chrono::milliseconds kHeartbeat(200);

// The server names the file and sends its FORMAT_DESCRIPTION ahead of what was asked for.
bool is_ahead(const EventHeader& header, uint64_t offset) {
  if (header.type == EventType::format_description) return offset != kFirstEventOffset;
  return header.artificial() || header.end_position == 0;
}

// It has nothing to send.
bool is_heartbeat(const EventHeader& header) {
  return header.type == EventType::heartbeat || header.type == EventType::heartbeat_v2;
}

Result<Mark> first_event(BinlogConnection& connection, const StopSignal& stop,
                         const std::string& file, uint64_t offset) {
  auto deadline = Clock::system().monotonic() + kTimeMax;
  while (!stop.raised() && Clock::system().monotonic() < deadline) {
    LEAT_ASSIGN_OR_RETURN(auto event, connection.next_event());
    if (!event) {
      LEAT_RETURN_IF_ERROR(connection.wait_event(kHeartbeat));
      continue;
    }
    if (event->size() < EventHeader::kBytes) break;
    EventHeader header = decode_event_header(*event);
    if (is_heartbeat(header)) return Mark();
    if (!is_ahead(header, offset)) return Mark(mark_event(file, offset, *event));
  }
  return Error::transient("the server did not send the event that it was asked for");
}

}  // namespace

Result<Mark> probe_event(const MysqlConfig& config, const StopSignal& stop, const std::string& file,
                         uint64_t offset) {
  LEAT_ASSIGN_OR_RETURN(auto connection, BinlogConnection::open(config.connect, &stop));
  Position at;
  at.flavour = connection->flavour();
  at.file = file;
  at.offset = offset;
  LEAT_RETURN_IF_ERROR(
      connection->start_dump(at, {.server_id = config.server_id, .heartbeat = kHeartbeat}));
  return first_event(*connection, stop, file, offset);
}

}  // namespace leat::cdc::mysql
