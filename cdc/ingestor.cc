#include "cdc/ingestor.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "cdc/capture_problem.h"
#include "log/base/hash.h"
#include "log/model/change.h"

namespace leat::cdc {

Ingestor::Ingestor(std::string source, log::ChangeLog* log, TableSet* tables, RowImages* rows,
                   DescribePosition describe_position)
    : source_(std::move(source)),
      log_(log),
      tables_(tables),
      rows_(rows),
      completion_(tables, rows),
      describe_position_(describe_position) {}

Status Ingestor::ingest(const Transaction& transaction, const CommitInfo& commit) {
  Status taken = begin(transaction, commit);
  if (taken.ok()) taken = take(transaction);
  if (taken.ok() && parts_ != nullptr) taken = submit_unit();
  parts_.reset();  // after an error others must not wait for what will never come
  return taken;
}

Status Ingestor::ingest_piece(const Transaction& piece, const CommitInfo& commit) {
  bool is_first = !is_in_pieces();
  LEAT_RETURN_IF_ERROR(begin(piece, commit));
  // At once: nothing of it may stand in a unit that others share.
  if (is_first) LEAT_RETURN_IF_ERROR(begin_parts());
  take_failures(piece);
  return completion_.add(piece, this);
}

void Ingestor::abandon_pieces() {
  if (!is_in_pieces()) return;
  parts_.reset();
  (void)take_appends();
  edits_.clear();
  voids_.clear();
  for (TableIndex table : stops_) (*tables_)[table].stopped_reason.reset();
  open_ = false;
  open_since_us_ = 0;
}

Status Ingestor::begin(const Transaction& transaction, const CommitInfo& commit) {
  commit_ = commit;
  if (is_in_pieces()) return Ok();
  if (transaction.truncate_count() > 0) LEAT_RETURN_IF_ERROR(submit());
  if (open_since_us_ == 0) open_since_us_ = commit.commit_time_us;
  change_index_ = 0;
  edits_before_ = edits_.size();
  sent_.clear();
  stops_.clear();
  ++transaction_number_;
  // Now: an id may have to wait for a cut, and none can come between our parts.
  while (new_generations_.size() < transaction.truncate_count()) {
    new_generations_.push_back(log_->allocate_generation());
  }
  return Ok();
}

Status Ingestor::take(const Transaction& transaction) {
  take_failures(transaction);
  LEAT_RETURN_IF_ERROR(completion_.add(transaction, this));
  LEAT_RETURN_IF_ERROR(completion_.finish(this));
  // A topic takes no records in the cut that stops it, and earlier transactions may have some.
  if (!stops_.empty() && parts_ == nullptr) LEAT_RETURN_IF_ERROR(submit_earlier());
  changes_total_ += change_index_;
  ++transactions_total_;
  advance(commit_.source_position);
  return Ok();
}

// Their tables take nothing of the transaction, also of its pieces.
void Ingestor::take_failures(const Transaction& transaction) {
  for (FailedChange& failure : transaction.failures()) {
    if (!(*tables_)[failure.table].stopped_reason) stop(failure.table, std::move(failure.reason));
  }
}

void Ingestor::advance(std::string_view source_position) {
  position_ = source_position;
  open_ = true;
}

void Ingestor::stop_table(TableIndex table, std::string reason) {
  if ((*tables_)[table].stopped_reason) return;
  (void)submit();
  mark_stopped(table, std::move(reason));
}

void Ingestor::mark_stopped(TableIndex table, std::string reason) {
  CapturedTable& of = (*tables_)[table];
  if (of.stopped_reason) return;
  stops_.push_back(table);
  spdlog::error("{}: {}: {}. Table stopped; the others go on", source_, of.name, reason);
  edits_.push_back(log::StopTopic{of.topic, reason});
  of.stopped_reason = std::move(reason);
  open_ = true;
}

Status Ingestor::submit() {
  return is_in_pieces() ? Ok() : submit_unit();
}

Status Ingestor::submit_unit() {
  if (!open_) return Ok();
  InFlight sent;
  sent.oldest_commit_time_us = std::exchange(open_since_us_, 0);
  log::CommitUnit unit;
  unit.voids = std::exchange(voids_, {});
  unit.edits = std::exchange(edits_, {});
  unit.appends = take_appends();
  if (position_) {
    sent.position = *position_;
    unit.position = log::SourcePosition{source_, *std::exchange(position_, {})};
  }
  open_ = false;
  auto ticket = parts_ != nullptr ? parts_->commit(std::move(unit)) : log_->submit(std::move(unit));
  LEAT_ASSIGN_OR_RETURN(sent.ticket, std::move(ticket));
  in_flight_.push_back(std::move(sent));
  return Ok();
}

// What is open of earlier transactions goes ahead, as a unit of its own.
Status Ingestor::submit_earlier() {
  auto records = take_transaction();
  std::vector<log::TopicEdit> edits(edits_.begin() + static_cast<ptrdiff_t>(edits_before_),
                                    edits_.end());
  edits_.resize(edits_before_);
  LEAT_RETURN_IF_ERROR(submit());
  edits_ = std::move(edits);
  edits_before_ = 0;
  put_transaction(std::move(records));
  open_since_us_ = commit_.commit_time_us;
  return Ok();
}

Status Ingestor::begin_parts() {
  LEAT_RETURN_IF_ERROR(submit_earlier());
  LEAT_ASSIGN_OR_RETURN(parts_, log_->open_unit());
  return rows_->begin_large_transaction(*log_);
}

Status Ingestor::send_part() {
  if (parts_ == nullptr) LEAT_RETURN_IF_ERROR(begin_parts());
  log::CommitUnit part;
  part.voids = std::exchange(voids_, {});
  auto waits = std::stable_partition(edits_.begin(), edits_.end(), [](const log::TopicEdit& edit) {
    return std::holds_alternative<log::BeginGeneration>(edit);
  });
  part.edits.assign(edits_.begin(), waits);
  edits_.erase(edits_.begin(), waits);
  part.appends = take_appends();
  for (const log::PartitionAppend& append : part.appends) sent_.insert(append.partition.generation);
  return parts_->add(std::move(part));
}

void Ingestor::void_parts(GenerationId generation) {
  if (sent_.erase(generation) > 0) voids_.push_back(generation);
}

void Ingestor::forget_durable() {
  if (in_flight_.empty()) return;
  log::Ticket durable = log_->durable();
  while (!in_flight_.empty() && in_flight_.front().ticket <= durable) {
    if (!in_flight_.front().position.empty()) {
      durable_position_ = std::move(in_flight_.front().position);
    }
    in_flight_.pop_front();
  }
}

const std::string& Ingestor::durable_position() {
  forget_durable();
  return durable_position_;
}

bool Ingestor::idle() {
  forget_durable();
  return !open_ && !is_in_pieces() && in_flight_.empty();
}

int64_t Ingestor::oldest_commit_time_us() {
  forget_durable();
  for (const InFlight& unit : in_flight_) {
    if (unit.oldest_commit_time_us != 0) return unit.oldest_commit_time_us;
  }
  return open_since_us_;
}

Result<bool> Ingestor::drain(std::chrono::milliseconds timeout) {
  LEAT_RETURN_IF_ERROR(submit());
  if (in_flight_.empty()) return true;
  return log_->wait_durable(in_flight_.back().ticket, timeout);
}

std::vector<log::PartitionAppend> Ingestor::take_appends() {
  std::vector<log::PartitionAppend> appends;
  for (TableIndex table : touched_) {
    TableBuffer& buffer = buffers_[table.value()];
    for (size_t i = 0; i < buffer.partitions.size(); ++i) {
      buffer.marks[i] = {};
      if (buffer.partitions[i].empty()) continue;
      PartitionId partition{(*tables_)[table].generation, PartitionIndex(static_cast<int32_t>(i))};
      appends.push_back({partition, std::exchange(buffer.partitions[i], {})});
    }
    buffer.in_unit = false;
  }
  touched_.clear();
  open_bytes_ = 0;
  return appends;
}

// The records of the transaction being taken, out of the open unit.
std::vector<Ingestor::TableRecords> Ingestor::take_transaction() {
  std::vector<TableRecords> taken;
  for (TableIndex table : touched_) {
    TableBuffer& buffer = buffers_[table.value()];
    if (buffer.transaction != transaction_number_) continue;
    TableRecords& of_table = taken.emplace_back(TableRecords{table, {}});
    for (size_t i = 0; i < buffer.partitions.size(); ++i) {
      of_table.partitions.push_back(buffer.partitions[i].split_off(buffer.marks[i]));
    }
  }
  return taken;
}

void Ingestor::put_transaction(std::vector<TableRecords> records) {
  for (TableRecords& of_table : records) {
    touch(of_table.table).partitions = std::move(of_table.partitions);
  }
}

Ingestor::TableBuffer& Ingestor::touch(TableIndex table) {
  if (buffers_.size() <= table.value()) buffers_.resize(tables_->size());
  TableBuffer& buffer = buffers_[table.value()];
  if (!buffer.in_unit) {
    buffer.in_unit = true;
    buffer.partitions.resize(static_cast<size_t>((*tables_)[table].partition_count));
    touched_.push_back(table);
  }
  if (buffer.transaction == transaction_number_) return buffer;
  buffer.transaction = transaction_number_;
  buffer.generation_before = (*tables_)[table].generation;
  buffer.marks.clear();
  for (const auto& records : buffer.partitions) buffer.marks.push_back(records.mark());
  return buffer;
}

Status Ingestor::change(const CompleteChange& change) {
  const CapturedTable& table = (*tables_)[change.table];
  TableBuffer& buffer = touch(change.table);
  ChangeHeader header;
  header.transaction_id = commit_.transaction.value();
  header.commit_time_us = commit_.commit_time_us;
  header.index = change_index_++;
  header.commit_position = commit_.commit_position;
  if (change.before) header.before = RowImage{table.schema_id, *change.before};
  header_.clear();
  append_change_header(header, &header_);
  std::optional<std::string_view> value;
  if (change.after) {
    value_.clear();
    append_change_value({table.schema_id, *change.after}, &value_);
    value = value_;
    open_bytes_ += value_.size();
  }
  auto partition = static_cast<size_t>(kafka_partition_of(change.key, table.partition_count));
  buffer.partitions[partition].add(commit_.commit_time_us / 1000, change.key, value, header_);
  open_bytes_ += change.key.size() + header_.size();
  return open_bytes_ < kPartBytes ? Ok() : send_part();
}

void Ingestor::truncate(TableIndex table) {
  CapturedTable& of = (*tables_)[table];
  TableBuffer& buffer = touch(table);
  rewind(buffer);
  void_parts(of.generation);
  remove_generation_edits(of.topic);
  of.generation = new_generations_.back();
  new_generations_.pop_back();
  edits_.push_back(log::BeginGeneration{of.topic, of.generation, of.schema_id, of.partition_count});
  edits_.push_back(log::SwitchGeneration{of.topic, of.generation});
  ++change_index_;
}

void Ingestor::stop(TableIndex table, std::string reason) {
  CapturedTable& of = (*tables_)[table];
  TableBuffer& buffer = touch(table);
  rewind(buffer);
  void_parts(of.generation);
  if (of.generation != buffer.generation_before) remove_generation_edits(of.topic);
  of.generation = buffer.generation_before;
  mark_stopped(table, in_transaction(reason));
}

std::string Ingestor::in_transaction(const std::string& reason) const {
  return with_resnapshot(fmt::format("in the transaction at {}: {}",
                                     describe_position_(commit_.commit_position), reason),
                         source_);
}

void Ingestor::rewind(TableBuffer& buffer) {
  for (size_t i = 0; i < buffer.partitions.size(); ++i) {
    buffer.partitions[i].rewind(buffer.marks[i]);
  }
}

// A truncate opens a unit, so what the unit begins of this topic is of this transaction. (What a
// part has begun already is dropped by the next one that is begun, or stays empty and unseen.)
void Ingestor::remove_generation_edits(const std::string& topic) {
  auto of_topic = [&](const log::TopicEdit& edit) {
    const auto* begin = std::get_if<log::BeginGeneration>(&edit);
    const auto* change = std::get_if<log::SwitchGeneration>(&edit);
    return (begin != nullptr && begin->topic == topic) ||
           (change != nullptr && change->topic == topic);
  };
  edits_.erase(std::remove_if(edits_.begin(), edits_.end(), of_topic), edits_.end());
}

}  // namespace leat::cdc
