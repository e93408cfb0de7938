#include "cdc/mysql/streaming.h"

#include <charconv>

#include "log/base/clock.h"

namespace leat::cdc::mysql {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// So many events are taken between two looks at the clock.
constexpr int kEventsAtATime = 256;
constexpr milliseconds kHeartbeat(2000);
// A server that says nothing for so long is gone, whatever the network says.
constexpr seconds kSilenceMax(20);
constexpr milliseconds kWait(200);
constexpr seconds kDrainMax(5);
// The other sources' commits wait while a transaction goes to the log in pieces, but not for long
// while the network brings nothing of it.
constexpr seconds kWaitInsideMax(5);

uint64_t number_of(const std::optional<std::string>& text) {
  uint64_t out = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), out);
  return out;
}

}  // namespace

Streaming::Streaming(const MysqlConfig* config, BinlogConnection* binlog, Client* client,
                     const ServerFacts* server, Capture* capture, StatusBoard* status,
                     const StopSignal* stop)
    : config_(config),
      binlog_(binlog),
      client_(client),
      server_(server),
      capture_(capture),
      stop_(stop),
      report_(status, &capture->session()),
      heard_at_(Clock::system().monotonic()) {}

Status Streaming::run() {
  Status done = stream();
  capture_->disconnected();
  LEAT_RETURN_IF_ERROR(done);
  return capture_->session().drain(kDrainMax);
}

Status Streaming::stream() {
  LEAT_ASSIGN_OR_RETURN(ChecksumKind checksum, binlog_->checksum());
  capture_->connected(checksum, server_->identity);
  LEAT_RETURN_IF_ERROR(binlog_->start_dump(
      capture_->position().start(), {.server_id = config_->server_id, .heartbeat = kHeartbeat}));
  while (!stop_->raised() && (capture_->is_in_pieces() || !capture_->wants_copy())) {
    if (capture_->session().waits_for_log()) {
      stop_->wait(kWait);
    } else {
      LEAT_RETURN_IF_ERROR(take_what_is_here());
    }
    LEAT_RETURN_IF_ERROR(housekeeping());
  }
  return Ok();
}

// Takes a bounded number of events; where there are none left, submits and waits.
Status Streaming::take_what_is_here() {
  if (!capture_->is_in_pieces()) waited_inside_ = {};
  for (int i = 0; i < kEventsAtATime; ++i) {
    LEAT_ASSIGN_OR_RETURN(auto event, binlog_->next_event());
    if (!event) return wait(i > 0);
    LEAT_RETURN_IF_ERROR(capture_->on_event(*event));
  }
  heard_at_ = Clock::system().monotonic();
  return pace_.submit_if_due(capture_->ingestor(), true);
}

Status Streaming::wait(bool was_heard) {
  auto now = Clock::system().monotonic();
  if (was_heard) heard_at_ = now;
  if (now - heard_at_ >= kSilenceMax) {
    return Error::transient("the server has sent nothing for 20 s, not even that it is there");
  }
  LEAT_RETURN_IF_ERROR(pace_.submit_if_due(capture_->ingestor(), false));
  return wait_event();
}

Status Streaming::wait_event() {
  if (!capture_->is_in_pieces()) return binlog_->wait_event(kWait);
  auto from = Clock::system().monotonic();
  LEAT_RETURN_IF_ERROR(binlog_->wait_event(kWait));
  waited_inside_ += Clock::system().monotonic() - from;
  if (waited_inside_ < kWaitInsideMax) return Ok();
  capture_->hold_open_transaction();
  return Error::transient(
      "the server sends a large transaction slowly; it is read anew, and received whole first");
}

Status Streaming::housekeeping() {
  if (!capture_->is_in_pieces()) {
    LEAT_RETURN_IF_ERROR(capture_->store_idle_position());
    LEAT_RETURN_IF_ERROR(capture_->session().maintain());
  }
  if (!report_.is_due()) return Ok();
  LEAT_ASSIGN_OR_RETURN(uint64_t behind, bytes_behind());
  report_.publish(capture_->durable_position(), behind, heard_at_, capture_->session().refused());
  return Ok();
}

// What the server has logged behind the place that was read.
Result<uint64_t> Streaming::bytes_behind() {
  const FilePlace& place = capture_->reader().place();
  LEAT_ASSIGN_OR_RETURN(auto files, client_->query("SHOW BINARY LOGS"));
  uint64_t behind = 0;
  FilePlace end;
  for (const TextRow& file : files) {
    if (file.size() < 2 || !file[0]) continue;
    end = {*file[0], number_of(file[1])};
    if (place.is_at_or_behind(end)) continue;
    behind += end.file == place.file ? end.offset - place.offset : end.offset;
  }
  LEAT_RETURN_IF_ERROR(check_reaches_so_far(end));
  return behind;
}

// After a RESET a server may leave us waiting for the new binlog to pass where the old one ended.
Status Streaming::check_reaches_so_far(const FilePlace& end) const {
  const Position& taken = capture_->position().taken;
  if (taken.server != server_->identity) return Ok();
  if (end.is_at_or_behind({taken.file, taken.offset})) return Ok();
  return Error::transient("the server's binlog has become shorter than what was read of it");
}

}  // namespace leat::cdc::mysql
