#include "cdc/postgres/streaming.h"

#include <algorithm>

#include "cdc/postgres/slot.h"
#include "cdc/postgres/subtransactions.h"
#include "log/base/clock.h"

namespace leat::cdc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kAcknowledgeInterval(1);
constexpr seconds kStillAliveInterval(10);
constexpr seconds kIdlePositionInterval(2);
// So many messages are taken between two looks at the clock.
constexpr int kMessagesAtATime = 256;

std::chrono::nanoseconds now_monotonic() {
  return Clock::system().monotonic();
}

}  // namespace

Streaming::Streaming(const PostgresConfig* config, Session* session, Capture* capture,
                     StatusBoard* status, const StopSignal* stop)
    : config_(config),
      session_(session),
      capture_(capture),
      stop_(stop),
      watch_(config, capture),
      report_(status, &capture->session()),
      before_commit_(
          [this](CommittedTransaction* transaction) { return before_commit(transaction); }),
      heard_at_(now_monotonic()) {}

Status Streaming::start() {
  LEAT_RETURN_IF_ERROR(look_at_catalog());  // what was done meanwhile counts from the first change
  return session_->replication->start_replication(
      start_command(config_->name, capture_->durable_position()));
}

Status Streaming::run() {
  while (!stop_->raised()) {
    if (!capture_->waits_for_log()) LEAT_RETURN_IF_ERROR(take_what_is_here());
    LEAT_RETURN_IF_ERROR(housekeeping());
  }
  LEAT_RETURN_IF_ERROR(capture_->drain(seconds(5)));
  return session_->replication->send_standby_status(capture_->durable_position(), false);
}

// Takes a bounded number of messages; where there are none left, submits and waits.
Status Streaming::take_what_is_here() {
  for (int i = 0; i < kMessagesAtATime; ++i) {
    LEAT_ASSIGN_OR_RETURN(auto message, session_->replication->next_message());
    if (!message) {
      if (i > 0) heard_at_ = now_monotonic();
      LEAT_RETURN_IF_ERROR(pace_.submit_if_due(capture_->ingestor(), false));
      return session_->replication->wait_message(time_to_wait());
    }
    LEAT_RETURN_IF_ERROR(on_message(*message));
  }
  heard_at_ = now_monotonic();
  return pace_.submit_if_due(capture_->ingestor(), true);
}

Status Streaming::on_message(const StreamMessage& message) {
  server_wal_end_ = std::max(server_wal_end_, message.wal_end);
  if (message.kind == StreamMessage::Kind::data) {
    return capture_->on_message(message.data, before_commit_);
  }
  reply_requested_ |= message.reply_requested;
  if (!capture_->in_transaction()) idle_wal_end_ = message.wal_end;
  return Ok();
}

// What the stream leaves out, the server is asked for. Where it has described a table anew, what
// was done to that must be known before the changes behind it count; a look that came later has
// seen it.
Status Streaming::before_commit(CommittedTransaction* transaction) {
  LEAT_RETURN_IF_ERROR(settle_subtransactions(*session_->sql, &transaction->transaction));
  bool is_seen = !transaction->describes_tables || transaction->end_lsn <= watch_.looked_at();
  return is_seen ? Ok() : look_at_catalog();
}

Status Streaming::housekeeping() {
  auto now = now_monotonic();
  LEAT_RETURN_IF_ERROR(store_idle_position(now));
  LEAT_RETURN_IF_ERROR(capture_->maintain());
  LEAT_RETURN_IF_ERROR(acknowledge(now));
  if (report_.is_due()) publish_status();
  if (now - polled_at_ < config_->catalog_poll_interval) return Ok();
  return look_at_catalog();
}

Status Streaming::look_at_catalog() {
  polled_at_ = now_monotonic();
  Lsn passed = std::max(capture_->position(), idle_wal_end_);
  return watch_.poll(*session_->sql, session_->server.role, passed);
}

// The server may throw its WAL away up to a place where nothing was for us, once the log holds that
// place: a position that was confirmed and not stored would look like a slot ahead of us.
Status Streaming::store_idle_position(Time now) {
  if (idle_wal_end_ <= capture_->position() || !capture_->ingestor().idle()) return Ok();
  if (now - idle_stored_at_ < kIdlePositionInterval) return Ok();
  idle_stored_at_ = now;
  return capture_->advance(idle_wal_end_);
}

Status Streaming::acknowledge(Time now) {
  Lsn durable = capture_->durable_position();
  // A server that has nothing to say is asked whether it is still there.
  bool still_alive = now - acknowledged_at_ >= kStillAliveInterval;
  bool due = reply_requested_ || still_alive ||
             (durable > acknowledged_ && now - acknowledged_at_ >= kAcknowledgeInterval);
  if (!due) return Ok();
  reply_requested_ = false;
  acknowledged_ = durable;
  acknowledged_at_ = now;
  return session_->replication->send_standby_status(durable, still_alive);
}

void Streaming::publish_status() {
  bool idle = capture_->ingestor().idle() && !capture_->in_transaction();
  Lsn position = capture_->durable_position();
  uint64_t behind_bytes = idle || server_wal_end_ <= position ? 0 : server_wal_end_.since(position);
  report_.publish(to_text(position), behind_bytes, heard_at_, watch_.not_captured());
}

milliseconds Streaming::time_to_wait() const {
  // An open acknowledgement or position is due within its interval; the rest can wait for a
  // message.
  return capture_->position() > acknowledged_ || idle_wal_end_ > capture_->position()
             ? milliseconds(200)
             : std::min<milliseconds>(milliseconds(1000), config_->catalog_poll_interval);
}

}  // namespace leat::cdc
