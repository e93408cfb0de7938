#include "log/partition_reader.h"

namespace leat::log {

Result<std::vector<RecordView>> LocalPartitionReader::next(size_t bytes_max) {
  std::vector<RecordView> records;
  held_.clear();
  CutId published = publisher_.state()->cut;
  for (size_t bytes = 0; bytes < bytes_max;) {
    LEAT_ASSIGN_OR_RETURN(const BatchView* batch, cursor_.peek());
    if (batch == nullptr || batch->cut > published) break;
    bytes += batch->plain_bytes();
    if (held_.empty() || held_.back() != cursor_.block()) held_.push_back(cursor_.block());
    LEAT_RETURN_IF_ERROR(append_records(*batch, cursor_.offset(), &records));
    cursor_.pop();
  }
  return records;
}

}  // namespace leat::log
