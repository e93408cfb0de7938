#include "cdc/postgres/streaming.h"

#include <algorithm>

#include "cdc/postgres/slot.h"
#include "log/base/clock.h"

namespace leat::cdc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// While more is at hand, a unit grows up to here: so small transactions share a cut under load.
constexpr size_t kUnitBytes = 1 << 20;
constexpr milliseconds kUnitAge(5);

constexpr seconds kAcknowledgeInterval(1);
constexpr seconds kStillAliveInterval(10);
constexpr seconds kIdlePositionInterval(2);
constexpr seconds kPublishInterval(1);
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
      status_(status),
      stop_(stop),
      watch_(config, capture) {}

Status Streaming::run() {
  LEAT_RETURN_IF_ERROR(session_->replication->start_replication(
      start_command(config_->name, capture_->durable_position())));
  changes_at_publish_ = capture_->ingestor().changes_total();
  published_at_ = now_monotonic();
  while (!stop_->raised()) {
    if (!capture_->waits_for_log()) LEAT_RETURN_IF_ERROR(take_what_is_here());
    LEAT_RETURN_IF_ERROR(housekeeping());
  }
  LEAT_RETURN_IF_ERROR(capture_->drain(seconds(5)));
  return session_->replication->send_standby_status(capture_->durable_position());
}

// Takes a bounded number of messages; where there are none left, submits and waits.
Status Streaming::take_what_is_here() {
  for (int i = 0; i < kMessagesAtATime; ++i) {
    LEAT_ASSIGN_OR_RETURN(auto message, session_->replication->next_message());
    if (!message) {
      LEAT_RETURN_IF_ERROR(submit_if_due(false));
      return session_->replication->wait_message(time_to_wait());
    }
    LEAT_RETURN_IF_ERROR(on_message(*message));
  }
  return submit_if_due(true);
}

Status Streaming::on_message(const StreamMessage& message) {
  server_wal_end_ = std::max(server_wal_end_, message.wal_end);
  if (message.kind == StreamMessage::Kind::data) return capture_->on_message(message.data);
  reply_requested_ |= message.reply_requested;
  if (!capture_->in_transaction()) idle_wal_end_ = message.wal_end;
  return Ok();
}

Status Streaming::submit_if_due(bool more_is_here) {
  Ingestor& ingestor = capture_->ingestor();
  if (!ingestor.has_open_unit()) {
    unit_opened_ = Time(0);
    return Ok();
  }
  auto now = now_monotonic();
  if (unit_opened_ == Time(0)) unit_opened_ = now;
  bool due = !more_is_here || ingestor.open_bytes() >= kUnitBytes || now - unit_opened_ >= kUnitAge;
  if (!due) return Ok();
  unit_opened_ = Time(0);
  return ingestor.submit();
}

Status Streaming::housekeeping() {
  auto now = now_monotonic();
  LEAT_RETURN_IF_ERROR(store_idle_position(now));
  LEAT_RETURN_IF_ERROR(capture_->maintain());
  LEAT_RETURN_IF_ERROR(acknowledge(now));
  if (now - published_at_ >= kPublishInterval) publish_status(now);
  if (now - polled_at_ < config_->catalog_poll_interval) return Ok();
  polled_at_ = now;
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
  bool due = reply_requested_ || now - acknowledged_at_ >= kStillAliveInterval ||
             (durable > acknowledged_ && now - acknowledged_at_ >= kAcknowledgeInterval);
  if (!due) return Ok();
  reply_requested_ = false;
  acknowledged_ = durable;
  acknowledged_at_ = now;
  return session_->replication->send_standby_status(durable);
}

void Streaming::publish_status(Time now) {
  Ingestor& ingestor = capture_->ingestor();
  bool idle = ingestor.idle() && !capture_->in_transaction();
  int64_t oldest_us = ingestor.oldest_commit_time_us();
  Lsn position = capture_->durable_position();
  double elapsed_s = std::chrono::duration<double>(now - published_at_).count();
  auto changes = static_cast<double>(ingestor.changes_total() - changes_at_publish_);
  published_at_ = now;
  changes_at_publish_ = ingestor.changes_total();
  status_->edit([&](SourceStatus& status) {
    status.position = to_text(position);
    status.behind_bytes = idle || server_wal_end_ <= position ? 0 : server_wal_end_.since(position);
    status.behind_us =
        oldest_us == 0 ? 0 : std::max<int64_t>(0, Clock::system().unix_us() - oldest_us);
    status.changes_total = ingestor.changes_total();
    status.transactions_total = ingestor.transactions_total();
    status.changes_per_second = changes / elapsed_s;
    status.stopped_tables = watch_.not_captured();
    for (const CapturedTable& table : capture_->tables()) {
      if (table.stopped_reason)
        status.stopped_tables.push_back({table.name, *table.stopped_reason});
    }
  });
}

milliseconds Streaming::time_to_wait() const {
  // An open acknowledgement or position is due within its interval; the rest can wait for a
  // message.
  return capture_->position() > acknowledged_ || idle_wal_end_ > capture_->position()
             ? milliseconds(200)
             : std::min<milliseconds>(milliseconds(1000), config_->catalog_poll_interval);
}

}  // namespace leat::cdc
