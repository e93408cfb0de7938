#include "cdc/mysql/overlap.h"

#include <spdlog/fmt/fmt.h>

#include <chrono>

#include "cdc/mysql/transaction_reader.h"
#include "log/base/clock.h"

namespace leat::cdc::mysql {
namespace {

constexpr size_t kRowBytesMax = 64 << 20;
constexpr std::chrono::seconds kTimeMax(60);
constexpr std::chrono::milliseconds kHeartbeat(100);

Error begin_anew(const std::string& why) {
  return Error::transient("while the copy began " + why + "; it begins anew");
}

class Reading {
 public:
  Reading(const TableSet& tables, const std::vector<TableForm>& forms, const StreamPosition& from,
          TransactionAssembler* assembler)
      : tables_(tables), server_(from.taken.server), reader_(&tables, &forms, assembler, from) {
    out_.tables.resize(tables.size());
  }

  Result<Overlap> read(BinlogConnection& connection, ChecksumKind checksum,
                       const FilePlace& until) {
    reader_.connected(checksum, server_);
    auto deadline = Clock::system().monotonic() + kTimeMax;
    while (reader_.in_transaction() || !reader_.place().is_at_or_behind(until)) {
      if (Clock::system().monotonic() > deadline) {
        return begin_anew("the server did not send what it had logged");
      }
      LEAT_ASSIGN_OR_RETURN(auto event, connection.next_event());
      if (event) {
        LEAT_RETURN_IF_ERROR(take(*event));
      } else {
        LEAT_RETURN_IF_ERROR(connection.wait_event(kHeartbeat));
      }
    }
    out_.end = reader_.position();
    out_.end.taken.file = reader_.place().file;
    out_.end.taken.offset = reader_.place().offset;
    return std::move(out_);
  }

 private:
  Status take(std::string_view event) {
    auto read = reader_.on_event(event);
    if (!read.ok() && reader_.misses_xa()) return begin_anew("an XA transaction ended");
    LEAT_ASSIGN_OR_RETURN(auto committed, std::move(read));
    if (!committed) return Ok();
    for (const FailedChange& failure : committed->transaction.failures()) {
      return begin_anew(tables_[failure.table].name + ": " + failure.reason);
    }
    return committed->transaction.for_each_batch(
        [&](const std::vector<PendingChange>& batch) -> Status {
          for (const PendingChange& change : batch) LEAT_RETURN_IF_ERROR(take(change));
          return Ok();
        });
  }

  Status take(const PendingChange& change) {
    const std::string& name = tables_[change.table].name;
    if (change.kind == ChangeKind::truncate) return begin_anew(name + " was truncated");
    if (!change.unchanged.empty()) return begin_anew("a part of a row of " + name + " was logged");
    LastRows& rows = out_.tables[change.table.value()];
    if (!change.old_key.empty()) rows[std::string(change.old_key)] = std::nullopt;
    std::optional<std::string>& row = rows[std::string(change.key)];
    row.reset();
    if (change.after) row = *change.after;
    bytes_ += change.key.size() + change.after.value_or("").size();
    if (bytes_ <= kRowBytesMax) return Ok();
    return begin_anew(fmt::format("more than {} MB of rows were changed", kRowBytesMax >> 20));
  }

  const TableSet& tables_;
  const std::string server_;
  TransactionReader reader_;
  Overlap out_;
  size_t bytes_ = 0;
};

}  // namespace

Result<Overlap> read_overlap(const MysqlConfig& config, const StopSignal* stop,
                             const TableSet& tables, const std::vector<TableForm>& forms,
                             const StreamPosition& from, const Position& until) {
  AssemblerOptions options;
  options.spill_dir = config.spill_dir + ".overlap";
  options.memory_bytes_max = config.transaction_memory_bytes_max;
  LEAT_ASSIGN_OR_RETURN(auto assembler, TransactionAssembler::open(std::move(options)));
  LEAT_ASSIGN_OR_RETURN(auto connection, BinlogConnection::open(config.connect, stop));
  Reading reading(tables, forms, from, &assembler);
  LEAT_ASSIGN_OR_RETURN(ChecksumKind checksum, connection->checksum());
  LEAT_RETURN_IF_ERROR(connection->start_dump(
      from.start(), {.server_id = config.server_id, .heartbeat = kHeartbeat}));
  return reading.read(*connection, checksum, {until.file, until.offset});
}

}  // namespace leat::cdc::mysql
