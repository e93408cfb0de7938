#include "cdc/postgres/capture.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "cdc/postgres/capture_rules.h"
#include "log/base/bytes.h"
#include "log/base/clock.h"

namespace leat::cdc {
namespace {

// So often the rows are made durable, so that a restart replays little and the log may let go of
// what lies before.
constexpr std::chrono::seconds kRowsFlushInterval(30);
// At a time; meanwhile the server is not answered.
constexpr std::chrono::milliseconds kLogWait(100);

std::string describe_commit_position(std::string_view bytes) {
  return to_text(Lsn(ByteReader(bytes).be<uint64_t>()));
}

const CapturedTable* find_table(const TableSet& tables, const std::string& name) {
  auto found = std::find_if(tables.begin(), tables.end(),
                            [&](const CapturedTable& table) { return table.name == name; });
  return found == tables.end() ? nullptr : &*found;
}

const StoppedTable* find_refused(const CapturePlan& plan, const std::string& name) {
  auto found = std::find_if(plan.refused.begin(), plan.refused.end(),
                            [&](const StoppedTable& table) { return table.table == name; });
  return found == plan.refused.end() ? nullptr : &*found;
}

// The topics of a source as tables to go on with.
class Resumption {
 public:
  Resumption(const std::string& source, const log::ChangeLog& log, const CapturePlan& plan)
      : source_(source), log_(log), plan_(plan), state_(log.state()) {
    for (const auto& topic : state_->topics) {
      if (topic->name.starts_with(source + ".")) take_topic(*topic);
    }
    for (const CapturedTable& table : plan.tables) {
      if (state_->find(table.topic) == nullptr) refuse_new(table.name);
    }
    for (const StoppedTable& table : plan.refused) {
      if (state_->find(source + "." + table.table) == nullptr) refused.push_back(table);
    }
  }

  TableSet tables;
  std::vector<std::pair<TableIndex, std::string>> to_stop;
  std::vector<StoppedTable> refused;

 private:
  void take_topic(const log::TopicState& topic) {
    std::string name = topic.name.substr(source_.size() + 1);
    if (!topic.current) {
      refused.push_back({name, topic.stopped_reason.value_or("its snapshot was never completed")});
      return;
    }
    const CapturedTable* planned = find_table(plan_.tables, name);
    CapturedTable table;
    if (planned != nullptr) table = *planned;
    table.name = name;
    table.topic = topic.name;
    table.schema_id = topic.current->schema;
    table.generation = topic.current->id;
    table.partition_count = static_cast<int32_t>(topic.current->partitions.size());
    table.stopped_reason = topic.stopped_reason;
    auto schema = log_.schema(table.schema_id);
    std::string why = schema == nullptr    ? "the log does not know its schema"
                      : planned != nullptr ? describe_difference(*schema, planned->schema)
                                           : why_not_planned(name);
    if (schema != nullptr) table.schema = *schema;
    table.row_type = table.schema.row_type();
    TableIndex index = tables.add(std::move(table));
    if (!why.empty() && !topic.stopped_reason) to_stop.emplace_back(index, mendable(why));
  }

  std::string why_not_planned(const std::string& name) const {
    const StoppedTable* refusal = find_refused(plan_, name);
    return refusal != nullptr ? refusal->reason : "is no longer among the tables of the source";
  }

  void refuse_new(const std::string& name) {
    refused.push_back({name, mendable("is new since the snapshot")});
  }

  std::string mendable(const std::string& why) const {
    return fmt::format("{}. To copy the tables anew: leat source resnapshot {}", why, source_);
  }

  const std::string& source_;
  const log::ChangeLog& log_;
  const CapturePlan& plan_;
  std::shared_ptr<const log::LogState> state_;
};

}  // namespace

CapturePlan plan_captures(const std::vector<TableFacts>& facts, const std::string& source,
                          const std::string& role) {
  CapturePlan plan;
  for (const TableFacts& table : facts) {
    auto planned = plan_capture(table, source, role);
    if (planned.ok()) {
      plan.tables.add(std::move(*planned));
      plan.facts.push_back(table);
    } else {
      plan.refused.push_back({table.full_name(), planned.error().text()});
    }
  }
  return plan;
}

Capture::Capture(const PostgresConfig& config, log::ChangeLog* log, RowStore* rows,
                 Position position, TableSet tables, TransactionAssembler assembler)
    : source_(config.name),
      log_(log),
      rows_(rows),
      position_(std::move(position)),
      durable_(position_.lsn),
      rows_flushed_at_(Clock::system().monotonic()),
      tables_(std::move(tables)),
      assembler_(std::move(assembler)),
      reader_(&tables_, &assembler_),
      ingestor_(source_, log, &tables_, rows, &describe_commit_position) {}

Result<std::unique_ptr<Capture>> Capture::resume(const PostgresConfig& config, log::ChangeLog* log,
                                                 RowStore* rows, const CapturePlan& plan) {
  auto state = log->state();
  auto stored = state->source_positions.find(config.name);
  LEAT_CHECK(stored != state->source_positions.end());
  LEAT_ASSIGN_OR_RETURN(Position position, decode_position(stored->second));
  AssemblerOptions options;
  options.spill_dir = config.spill_dir;
  options.memory_bytes_max = config.transaction_memory_bytes_max;
  LEAT_ASSIGN_OR_RETURN(auto assembler, TransactionAssembler::open(std::move(options)));

  Resumption resumed(config.name, *log, plan);
  std::unique_ptr<Capture> capture(new Capture(config, log, rows, std::move(position),
                                               std::move(resumed.tables), std::move(assembler)));
  capture->refused_ = std::move(resumed.refused);
  for (auto& [table, reason] : resumed.to_stop) capture->stop_table(table, std::move(reason));
  LEAT_RETURN_IF_ERROR(rows->recover(*log, capture->tables_));
  return capture;
}

Status Capture::on_message(std::string_view bytes) {
  LEAT_ASSIGN_OR_RETURN(auto committed, reader_.on_message(bytes));
  if (!committed || committed->end_lsn <= position_.lsn) return Ok();
  Status taken = ingest(*committed);
  if (taken.ok()) return taken;
  // The row images may hold a part of it: only a new process can go on.
  return Error::permanent(taken.error().message());
}

Status Capture::ingest(const CommittedTransaction& committed) {
  position_.lsn = committed.end_lsn;
  std::string commit_position = encode_commit_position(committed.end_lsn);
  std::string source_position = encode_position(position_);
  CommitInfo info;
  info.transaction = committed.transaction.id();
  info.commit_time_us = committed.commit_time_us;
  info.commit_position = commit_position;
  info.source_position = source_position;
  return ingestor_.ingest(committed.transaction, info);
}

Status Capture::advance(Lsn wal_end) {
  if (wal_end <= position_.lsn) return Ok();
  position_.lsn = wal_end;
  ingestor_.advance(encode_position(position_));
  return ingestor_.submit();
}

void Capture::reset_stream() {
  reader_.reset();
}

Status Capture::maintain() {
  auto now = Clock::system().monotonic();
  if (now - rows_flushed_at_ >= kRowsFlushInterval) {
    rows_flushed_at_ = now;
    rows_->request_flush();
  }
  if (!rows_->has_overlay() && !rows_->wants_flush()) return Ok();
  LEAT_ASSIGN_OR_RETURN(bool durable, ingestor_.drain(kLogWait));
  waits_for_log_ = !durable;
  return durable ? flush_rows() : Ok();
}

// Everything that was ingested is durable.
Status Capture::flush_rows() {
  if (rows_->has_overlay()) LEAT_RETURN_IF_ERROR(rows_->catch_up(*log_, tables_));
  return rows_->begin_flush(*log_, tables_);
}

Status Capture::drain(std::chrono::milliseconds timeout) {
  LEAT_ASSIGN_OR_RETURN(bool durable, ingestor_.drain(timeout));
  if (!durable) return Error::transient("the log did not commit in time");
  LEAT_RETURN_IF_ERROR(flush_rows());
  return rows_->wait_flush(*log_);
}

Result<TableFiles> Capture::stored_files() const {
  auto state = log_->state();
  auto found = state->source_positions.find(table_files_name(source_));
  if (found == state->source_positions.end()) return TableFiles();
  return decode_table_files(found->second);
}

Status Capture::store_files(const TableFiles& files) {
  log::CommitUnit unit;
  unit.position = log::SourcePosition{table_files_name(source_), encode_table_files(files)};
  LEAT_ASSIGN_OR_RETURN([[maybe_unused]] log::Ticket ticket, log_->submit(std::move(unit)));
  return Ok();
}

void Capture::stop_table(TableIndex table, std::string reason) {
  ingestor_.stop_table(table, std::move(reason));
}

Lsn Capture::durable_position() {
  const std::string& bytes = ingestor_.durable_position();
  if (!bytes.empty()) durable_ = Lsn(ByteReader(bytes).be<uint64_t>());
  return durable_;
}

}  // namespace leat::cdc
