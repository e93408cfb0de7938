#include "cdc/stream_report.h"

#include <algorithm>

#include "log/base/clock.h"

namespace leat::cdc {
namespace {

constexpr std::chrono::seconds kPublishInterval(1);

}  // namespace

StreamReport::StreamReport(StatusBoard* status, IngestSession* session)
    : status_(status),
      session_(session),
      published_at_(Clock::system().monotonic()),
      changes_at_publish_(session->ingestor().changes_total()) {}

bool StreamReport::is_due() const {
  return Clock::system().monotonic() - published_at_ >= kPublishInterval;
}

void StreamReport::publish(const std::string& position, uint64_t behind_bytes,
                           std::chrono::nanoseconds heard_at,
                           const std::vector<StoppedTable>& not_captured) {
  Ingestor& ingestor = session_->ingestor();
  auto now = Clock::system().monotonic();
  double elapsed_s = std::chrono::duration<double>(now - published_at_).count();
  auto changes = static_cast<double>(ingestor.changes_total() - changes_at_publish_);
  int64_t oldest_us = ingestor.oldest_commit_time_us();
  published_at_ = now;
  changes_at_publish_ = ingestor.changes_total();
  status_->edit([&](SourceStatus& status) {
    status.position = position;
    status.behind_bytes = behind_bytes;
    status.heard_at = heard_at;
    status.behind_us =
        oldest_us == 0 ? 0 : std::max<int64_t>(0, Clock::system().unix_us() - oldest_us);
    status.changes_total = ingestor.changes_total();
    status.transactions_total = ingestor.transactions_total();
    status.changes_per_second = changes / elapsed_s;
    status.stopped_tables = not_captured;
    for (const CapturedTable& table : session_->tables()) {
      if (table.stopped_reason)
        status.stopped_tables.push_back({table.name, *table.stopped_reason});
    }
  });
}

}  // namespace leat::cdc
