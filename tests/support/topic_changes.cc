#include "tests/support/topic_changes.h"

#include <algorithm>
#include <map>

#include "log/base/bytes.h"
#include "log/model/change.h"
#include "log/model/text_format.h"

namespace leat::test {

Result<std::string> row_text(const RowType& type, std::string_view row) {
  std::vector<Datum> values(type.size());
  LEAT_RETURN_IF_ERROR(decode_row(type, row, values));
  std::string out;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += '|';
    if (values[i].is_null())
      out += "\\N";
    else
      append_text(type[i].id, values[i], &out);
  }
  return out;
}

std::vector<std::string> rows_text(
    const std::vector<std::vector<std::optional<std::string>>>& rows) {
  std::vector<std::string> out;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) line += (i > 0 ? "|" : "") + row[i].value_or("\\N");
    out.push_back(std::move(line));
  }
  std::sort(out.begin(), out.end());
  return out;
}

namespace {

Result<TopicChange> change_of(const RowType& type, const log::RecordView& record) {
  LEAT_ASSIGN_OR_RETURN(ChangeHeader header, decode_change_header(record.change_header));
  TopicChange change;
  change.transaction = header.transaction_id;
  change.commit_order = ByteReader(header.commit_position).be<uint64_t>();
  change.index = header.index;
  change.key = record.key;
  if (header.before) {
    LEAT_ASSIGN_OR_RETURN(change.before, row_text(type, header.before->row));
  }
  if (record.value) {
    LEAT_ASSIGN_OR_RETURN(RowImage image, decode_change_value(*record.value));
    LEAT_ASSIGN_OR_RETURN(change.after, row_text(type, image.row));
  }
  return change;
}

}  // namespace

Result<std::vector<TopicChange>> topic_changes(log::ChangeLog& log, const std::string& name) {
  auto state = log.state();
  const log::TopicState* topic = state->find(name);
  if (topic == nullptr || !topic->current) return Error::permanent("there is no topic " + name);
  RowType type = log.schema(topic->current->schema)->row_type();
  std::vector<TopicChange> out;
  for (size_t i = 0; i < topic->current->partitions.size(); ++i) {
    PartitionId partition{topic->current->id, PartitionIndex(static_cast<int32_t>(i))};
    LEAT_ASSIGN_OR_RETURN(auto reader, log.read_partition(partition, Offset(0)));
    for (;;) {
      LEAT_ASSIGN_OR_RETURN(auto records, reader->next(1 << 20));
      if (records.empty()) break;
      for (const log::RecordView& record : records) {
        LEAT_ASSIGN_OR_RETURN(TopicChange change, change_of(type, record));
        out.push_back(std::move(change));
      }
    }
  }
  return out;
}

Result<std::vector<std::string>> latest_rows(const std::vector<TopicChange>& changes) {
  std::map<std::string, std::string> latest;
  std::map<std::string, std::pair<uint64_t, uint64_t>> last_order;  // by key
  for (const TopicChange& change : changes) {
    auto found = latest.find(change.key);
    auto expected = found == latest.end() ? std::nullopt : std::optional(found->second);
    if (change.before != expected) {
      return Error::permanent("before is " + change.before.value_or("none") +
                              ", and what precedes it is " + expected.value_or("none"));
    }
    std::pair order(change.commit_order, change.index);
    auto last = last_order.find(change.key);
    if (change.transaction != 0 && last != last_order.end() && order <= last->second) {
      return Error::permanent("a change stands out of order: " + change.after.value_or("a delete"));
    }
    last_order[change.key] = order;
    latest.erase(change.key);
    if (change.after) latest[change.key] = *change.after;
  }
  std::vector<std::string> rows;
  for (const auto& [key, row] : latest) rows.push_back(row);
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace leat::test
