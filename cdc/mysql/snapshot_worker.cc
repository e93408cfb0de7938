#include "cdc/mysql/snapshot_worker.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <charconv>

#include "cdc/mysql/text_values.h"
#include "cdc/row_values.h"

namespace leat::cdc::mysql {
namespace {

constexpr uint64_t kTaskRows = 200'000;
constexpr uint64_t kTasksMax = 1000;  // of a table

// Reads one task's rows into batches.
class TaskCopy {
 public:
  TaskCopy(const SnapshotWork* work, const SnapshotTask* task, SnapshotQueue* queue)
      : table_(work->plan->tables[task->table]),
        task_(task),
        left_out_(work->overlap->tables[task->table.value()]),
        values_(table_.schema),
        batcher_(task->table, &table_, &work->stamp, queue) {}

  // An error is the connection's; what is wrong with the table goes to the queue.
  Status run(const std::vector<MappedColumn>& columns, Client& client) {
    for (const MappedColumn& column : columns) {
      auto decoder = make_text_decoder(column);
      if (!decoder.ok()) return batcher_.end_task(decoder.error().in(column.logged.name));
      decoders_.push_back(std::move(*decoder));
    }
    Status done = client.stream(task_->sql, [this](Client::Values row) { return on_row(row); });
    if (!done.ok() && done.error().is_transient()) return done;
    return batcher_.end_task(done.ok() ? std::nullopt : std::optional(done.error()));
  }

 private:
  Status on_row(Client::Values row) {
    LEAT_RETURN_IF_ERROR(decode(row));
    key_.clear();
    LEAT_RETURN_IF_ERROR(values_.append_key_to(&key_));
    if (!left_out_.empty() && left_out_.count(key_) != 0) return Ok();
    row_.clear();
    values_.append_row_to(&row_);
    return batcher_.add(key_, row_);
  }

  Status decode(Client::Values row) {
    values_.clear();
    for (size_t i = 0; i < row.size(); ++i) {
      if (!row[i]) {
        values_.set_null(i);
        continue;
      }
      auto value = decoders_[i]->decode(*row[i], values_.arena());
      if (!value.ok()) return values_.in_column(i, value.error());
      values_.set(i, *value);
    }
    return Ok();
  }

  const CapturedTable& table_;
  const SnapshotTask* task_;
  const LastRows& left_out_;
  std::vector<std::unique_ptr<ValueDecoder>> decoders_;
  RowValues values_;
  SnapshotBatcher batcher_;
  std::string key_;
  std::string row_;
};

Status work_off(SnapshotWork* work, Client* client, SnapshotQueue* queue) {
  while (true) {
    size_t next = work->next_task.fetch_add(1);
    if (next >= work->tasks.size()) return Ok();
    const SnapshotTask& task = work->tasks[next];
    TaskCopy copy(work, &task, queue);
    Status copied = copy.run(work->plan->columns[task.table.value()], *client);
    if (!copied.ok()) return copied.error().in(work->plan->tables[task.table].name);
  }
}

std::string select_of(const TableFacts& facts, const std::vector<MappedColumn>& columns) {
  std::string list;
  for (const MappedColumn& column : columns) {
    list += (list.empty() ? "" : ", ") + select_expression(column);
  }
  return fmt::format("SELECT {} FROM {}", list, facts.quoted_name());
}

// The column that the key begins with, where it is an integer.
const Column* range_column(const Schema& schema) {
  const Column& first = schema.columns[static_cast<size_t>(schema.key_columns.front())];
  bool integer = first.type.id == TypeId::int16 || first.type.id == TypeId::int32 ||
                 first.type.id == TypeId::int64;
  return integer ? &first : nullptr;
}

std::optional<int64_t> integer_of(const std::optional<std::string>& text) {
  int64_t value = 0;
  if (!text) return std::nullopt;
  auto parsed = std::from_chars(text->data(), text->data() + text->size(), value);
  return parsed.ec == std::errc() ? std::optional(value) : std::nullopt;
}

// Where the ranges but the first begin: COUNT of equal width between the key's ends. The first and
// the last are open, so that nothing depends on the ends being right.
Result<std::vector<int64_t>> range_starts(Client& client, const std::string& column,
                                          const std::string& table, uint64_t count) {
  LEAT_ASSIGN_OR_RETURN(
      auto ends, client.query(fmt::format("SELECT min({0}), max({0}) FROM {1}", column, table)));
  std::vector<int64_t> out;
  auto low = integer_of(ends[0][0]);
  auto high = integer_of(ends[0][1]);
  if (!low || !high) return out;  // empty
  uint64_t width = (static_cast<uint64_t>(*high) - static_cast<uint64_t>(*low)) / count + 1;
  for (uint64_t i = 1; i < count; ++i) {
    auto start = static_cast<int64_t>(static_cast<uint64_t>(*low) + i * width);
    if (start <= *low || start > *high) break;
    out.push_back(start);
  }
  return out;
}

}  // namespace

void run_snapshot_worker(SnapshotWork* work, Client* client, SnapshotQueue* queue) {
  Status done = work_off(work, client, queue);
  SnapshotBatch last;
  if (!done.ok()) last.error = done.error();
  queue->push(std::move(last));
}

Result<std::vector<SnapshotTask>> snapshot_tasks(Client& client, TableIndex index,
                                                 const CapturePlan& plan) {
  const TableFacts& facts = plan.facts[index.value()];
  std::string select = select_of(facts, plan.columns[index.value()]);
  uint64_t count = std::min(facts.rows_estimated / kTaskRows + 1, kTasksMax);
  const Column* column = range_column(plan.tables[index].schema);
  if (column == nullptr || count == 1) return std::vector<SnapshotTask>{{index, select}};
  std::string name = sql_identifier(column->name);
  LEAT_ASSIGN_OR_RETURN(auto starts, range_starts(client, name, facts.quoted_name(), count));
  std::vector<SnapshotTask> out;
  for (size_t i = 0; i <= starts.size(); ++i) {
    std::string where = i == 0 ? "true" : fmt::format("{} >= {}", name, starts[i - 1]);
    if (i < starts.size()) where += fmt::format(" AND {} < {}", name, starts[i]);
    out.push_back({index, select + " WHERE " + where});
  }
  return out;
}

}  // namespace leat::cdc::mysql
