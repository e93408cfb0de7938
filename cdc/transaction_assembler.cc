#include "cdc/transaction_assembler.h"

#include <algorithm>
#include <iterator>

namespace leat::cdc {

Status Transaction::for_each_batch(const Visit& visit) const {
  std::vector<PendingChange> batch;
  return spool_.for_each_chunk([&](std::string_view bytes) -> Status {
    batch.clear();
    PendingChange change;
    while (next_pending_change(&bytes, &change)) {
      if (aborted_subtransactions_.count(change.subtransaction) == 0) batch.push_back(change);
    }
    return visit(batch);
  });
}

std::vector<FailedChange> Transaction::failures() const {
  std::vector<FailedChange> out;
  for (const FailedChange& failure : failures_) {
    if (aborted_subtransactions_.count(failure.subtransaction) == 0) out.push_back(failure);
  }
  return out;
}

std::vector<uint32_t> Transaction::subtransactions() const {
  std::vector<uint32_t> out;
  std::copy_if(subtransactions_.begin(), subtransactions_.end(), std::back_inserter(out),
               [this](uint32_t each) { return aborted_subtransactions_.count(each) == 0; });
  return out;
}

// Changes of one follow each other.
void Transaction::note_subtransaction(uint32_t subtransaction) {
  if (subtransaction == last_subtransaction_) return;
  last_subtransaction_ = subtransaction;
  if (subtransaction != 0) subtransactions_.insert(subtransaction);
}

TransactionAssembler::TransactionAssembler(AssemblerOptions options)
    : options_(std::move(options)), pool_(std::make_unique<ChunkPool>()) {}

Result<TransactionAssembler> TransactionAssembler::open(AssemblerOptions options) {
  LEAT_RETURN_IF_ERROR(options.fs->create_dirs(options.spill_dir));
  LEAT_ASSIGN_OR_RETURN(auto names, options.fs->list_dir(options.spill_dir));
  for (const std::string& name : names) {
    LEAT_RETURN_IF_ERROR(options.fs->remove_file(options.spill_dir + "/" + name));
  }
  return TransactionAssembler(std::move(options));
}

Status TransactionAssembler::add(TransactionId id, const PendingChange& change) {
  Transaction& to = opened(id);
  size_t before = to.spool_.memory_bytes();
  to.spool_.append(change);
  to.note_subtransaction(change.subtransaction);
  if (change.kind == ChangeKind::truncate) ++to.truncate_count_;
  memory_bytes_ += to.spool_.memory_bytes() - before;
  if (memory_bytes_ <= options_.memory_bytes_max) return Ok();
  return spill_largest();
}

void TransactionAssembler::add_failure(TransactionId id, FailedChange failure) {
  Transaction& of = opened(id);
  of.note_subtransaction(failure.subtransaction);
  std::vector<FailedChange>& known = of.failures_;
  bool is_known = std::any_of(known.begin(), known.end(), [&](const FailedChange& other) {
    return other.table == failure.table && other.subtransaction == failure.subtransaction;
  });
  if (!is_known) known.push_back(std::move(failure));
}

Transaction& TransactionAssembler::opened(TransactionId id) {
  return open_.try_emplace(id, id, pool_.get()).first->second;
}

Status TransactionAssembler::spill_largest() {
  auto largest = std::max_element(open_.begin(), open_.end(), [](const auto& a, const auto& b) {
    return a.second.spool_.memory_bytes() < b.second.spool_.memory_bytes();
  });
  ChangeSpool& spool = largest->second.spool_;
  memory_bytes_ -= spool.memory_bytes();
  return spool.spill(*options_.fs, options_.spill_dir + "/" + std::to_string(next_file_++));
}

void TransactionAssembler::abort_subtransaction(TransactionId id, uint32_t subtransaction) {
  auto found = open_.find(id);
  if (found != open_.end()) found->second.abort_subtransaction(subtransaction);
}

void TransactionAssembler::abort(TransactionId id) {
  (void)take(id);
}

const Transaction* TransactionAssembler::find(TransactionId id) const {
  auto found = open_.find(id);
  return found == open_.end() ? nullptr : &found->second;
}

Transaction TransactionAssembler::take(TransactionId id) {
  auto found = open_.find(id);
  if (found == open_.end()) return Transaction(id, pool_.get());
  Transaction out = std::move(found->second);
  open_.erase(found);
  memory_bytes_ -= out.spool_.memory_bytes();
  return out;
}

void TransactionAssembler::clear() {
  open_.clear();
  memory_bytes_ = 0;
}

}  // namespace leat::cdc
