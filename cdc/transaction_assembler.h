// Collects changes by transaction until each commits. Large transactions arrive while they are
// still open, in pieces that interleave, and may be rolled back whole or in part:
//
//   Stream Start 7 · changes of 7, of its subtransaction 8 · Stop │ Begin 9 … Commit 9 │
//   Stream Start 7 · … · Stop │ Stream Abort 7/8 │ Stream Commit 7
//
// Memory is bounded over all of them: above the bound the largest ones spill to files. A
// transaction is never split; it may be as large as the disk allows.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_set>

#include "cdc/change_spool.h"
#include "log/base/fs.h"
#include "log/base/ids.h"
#include "log/base/status.h"

namespace leat::cdc {

// The source's own number of a transaction.
using TransactionId = StrongId<struct TransactionIdTag, uint64_t>;

// A change that could not be decoded: its table must stop.
struct FailedChange {
  TableIndex table;
  uint32_t subtransaction = 0;
  std::string reason;
};

class Transaction {
 public:
  Transaction(TransactionId id, ChunkPool* pool) : id_(id), spool_(pool) {}

  TransactionId id() const { return id_; }
  // Those that were rolled back too.
  size_t truncate_count() const { return truncate_count_; }
  bool spilled() const { return spool_.spilled(); }
  // Bytes of changes that are in memory.
  size_t memory_bytes() const { return spool_.memory_bytes(); }
  // Nothing was added, nothing has failed.
  bool empty() const {
    return spool_.memory_bytes() == 0 && !spool_.spilled() && failures_.empty();
  }
  // Without those that were rolled back; the first of each table in each subtransaction.
  std::vector<FailedChange> failures() const;
  // Those that something was added of, without those that were rolled back.
  std::vector<uint32_t> subtransactions() const;
  // Drops its changes, of those that have arrived.
  void abort_subtransaction(uint32_t subtransaction) {
    aborted_subtransactions_.insert(subtransaction);
  }

  // Calls VISIT with the changes in order, a bounded number at a time, until it fails; without
  // those that were rolled back. They live until VISIT returns.
  using Visit = std::function<Status(const std::vector<PendingChange>&)>;
  Status for_each_batch(const Visit& visit) const;

 private:
  friend class TransactionAssembler;

  void note_subtransaction(uint32_t subtransaction);

  TransactionId id_;
  ChangeSpool spool_;
  uint32_t last_subtransaction_ = 0;
  std::unordered_set<uint32_t> subtransactions_;
  std::unordered_set<uint32_t> aborted_subtransactions_;
  std::vector<FailedChange> failures_;
  size_t truncate_count_ = 0;
};

struct AssemblerOptions {
  Fs* fs = &Fs::posix();
  std::string spill_dir;
  size_t memory_bytes_max = 64 << 20;
};

// One thread.
class TransactionAssembler {
 public:
  // Makes the spill directory and removes what an earlier process left in it.
  static Result<TransactionAssembler> open(AssemblerOptions options);

  // Adds to an open transaction, opening it where it is new.
  Status add(TransactionId id, const PendingChange& change);
  // Notes a change that cannot be added.
  void add_failure(TransactionId id, FailedChange failure);
  // As the transaction's.
  void abort_subtransaction(TransactionId id, uint32_t subtransaction);
  // Drops the whole transaction.
  void abort(TransactionId id);
  // An open transaction as far as it has come; null where nothing was added.
  const Transaction* find(TransactionId id) const;
  // Hands out a transaction that has committed, or what is here of it; an empty one where nothing
  // was added. It must not outlive the assembler.
  Transaction take(TransactionId id);
  // Drops all: the connection was lost, the source will send them again.
  void clear();

  size_t open_count() const { return open_.size(); }
  size_t memory_bytes() const { return memory_bytes_; }

 private:
  explicit TransactionAssembler(AssemblerOptions options);
  Transaction& opened(TransactionId id);
  Status spill_largest();

  AssemblerOptions options_;
  std::unique_ptr<ChunkPool> pool_;  // transactions point to it: it stays put
  std::map<TransactionId, Transaction> open_;
  size_t memory_bytes_ = 0;
  uint64_t next_file_ = 0;
};

}  // namespace leat::cdc
