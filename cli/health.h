// What the parts of a running Leat say of themselves, as reports.
#pragma once

#include "cli/config/config.h"
#include "cli/status_report.h"
#include "compaction/cleaner.h"
#include "log/local_log.h"
#include "log/store/store.h"
#include "views/view_status.h"

namespace leat::cli {

uint64_t log_bytes(const log::LogState& state);
// Of all sources' open transactions on disk.
uint64_t spilled_bytes(const Config& config);

LogReport report_of(const log::LogHealth& health, const log::LogState& state, const Config& config);
CompactionReport report_of(const compaction::Cleaner& cleaner);
StateReport report_of(const store::Store& store, const views::ViewsMemory& views);
ViewReport report_of(const views::ViewStatus& view);

}  // namespace leat::cli
