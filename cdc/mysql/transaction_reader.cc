#include "cdc/mysql/transaction_reader.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

#include "cdc/mysql/binlog/compression.h"

namespace leat::cdc::mysql {
namespace {

constexpr int64_t kUsPerSecond = 1'000'000;

}  // namespace

TransactionReader::TransactionReader(const TableSet* tables, const std::vector<TableForm>* forms,
                                     TransactionAssembler* assembler, StreamPosition position,
                                     PieceBytes piece_bytes)
    : tables_(tables),
      forms_(forms),
      assembler_(assembler),
      bindings_(tables, forms),
      position_(std::move(position)),
      piece_bytes_(piece_bytes) {}

void TransactionReader::connected(ChecksumKind checksum, std::string server) {
  server_ = std::move(server);
  assembler_->clear();
  prepared_.clear();
  group_.reset();
  decoder_ = EventDecoder(checksum);
  joiner_.clear();
  bindings_.clear();
  place_.go_to(position_.start().file, position_.start().offset);
}

void TransactionReader::tables_changed() {
  bindings_.clear();
  rows_.clear();
}

TransactionReader::Outcome TransactionReader::on_event(std::string_view bytes) {
  auto decoded = decoder_.decode(bytes);
  if (!decoded.ok()) return decoded.error().in(place_.file);
  place_.pass(decoded->header);
  auto out = read(*decoded);
  if (!out.ok()) return out.error().in(fmt::format("{}:{}", place_.file, place_.offset));
  if (out->has_value()) mark_end(bytes);
  return out;
}

// (A later one would lie where nobody can ask for it.)
void TransactionReader::mark_end(std::string_view event) {
  uint64_t begin = place_.offset - std::min<uint64_t>(place_.offset, event.size());
  if (begin <= UINT32_MAX) position_.mark = mark_event(place_.file, begin, event);
}

TransactionReader::Outcome TransactionReader::read(const Event& event) {
  if (joiner_.is_open() && !std::holds_alternative<RowsFragment>(event.body)) {
    return Error::permanent("an event in pieces ends before its last piece");
  }
  return std::visit([&](const auto& body) { return on(event, body); }, event.body);
}

// --- What holds other events --------------------------------------------------------------------

TransactionReader::Outcome TransactionReader::on(const Event&, const TransactionPayload& payload) {
  if (group_ && group_->is_taken && !position_.restart) return nothing();
  PayloadReader reader(payload);
  std::optional<CommittedTransaction> out;
  for (;;) {
    LEAT_ASSIGN_OR_RETURN(std::string_view bytes, reader.next());
    if (bytes.empty()) return out;
    LEAT_ASSIGN_OR_RETURN(Event inner, decoder_.decode_unchecked(bytes));
    LEAT_ASSIGN_OR_RETURN(auto committed, read(inner));
    if (committed) out.emplace(std::move(*committed));
  }
}

TransactionReader::Outcome TransactionReader::on(const Event&, const RowsFragment& fragment) {
  LEAT_ASSIGN_OR_RETURN(auto whole, joiner_.add(fragment));
  if (!whole) return nothing();
  LEAT_ASSIGN_OR_RETURN(Event event, decoder_.decode_unchecked(*whole));
  return read(event);
}

// --- Files --------------------------------------------------------------------------------------

// A server that crashed leaves the beginning of a transaction at the end of its file.
TransactionReader::Outcome TransactionReader::on(const Event&, const FormatDescription&) {
  drop_group();
  bindings_.clear();
  return nothing();
}

TransactionReader::Outcome TransactionReader::on(const Event&, const Rotate& rotate) {
  place_.go_to(rotate.file, rotate.position);
  return nothing();
}

TransactionReader::Outcome TransactionReader::on(const Event&, const Heartbeat& heartbeat) {
  place_.go_to(heartbeat.file, heartbeat.position);
  return nothing();
}

TransactionReader::Outcome TransactionReader::on(const Event&, const Incident& incident) {
  return Error::permanent(
      fmt::format("the server says that its binlog has a hole here ({})", incident.message));
}

// --- Groups -------------------------------------------------------------------------------------

TransactionReader::Outcome TransactionReader::on(const Event&, const GtidEvent& gtid) {
  EventGroup group;
  if (!gtid.anonymous) {
    group.gtid_source = GtidSource{gtid.source, std::string(gtid.tag)};
    group.number = gtid.number;
  }
  group.commit_time_us = static_cast<int64_t>(gtid.commit_us);
  return begin_group(std::move(group));
}

TransactionReader::Outcome TransactionReader::on(const Event& event, const MariadbGtid& gtid) {
  EventGroup group;
  group.mariadb_gtid = MariadbGtidId{gtid.domain, event.header.server_id, gtid.sequence};
  group.number = gtid.sequence;
  group.commit_time_us = event.header.timestamp_s * kUsPerSecond;
  group.is_open = !gtid.standalone;
  if (gtid.xa && gtid.prepared_xa) group.xa = xa_id(*gtid.xa);
  return begin_group(std::move(group));
}

TransactionReader::Outcome TransactionReader::begin_group(EventGroup group) {
  if (in_transaction() && group_->is_open) {
    return Error::permanent("a transaction begins inside of another one");
  }
  LEAT_RETURN_IF_ERROR(check_order(group));
  bindings_.limit();
  group.id = TransactionId(next_id_++);
  group.is_taken = was_taken(group);
  group_ = std::move(group);
  return nothing();
}

// One number a domain says what was taken only where numbers rise. The server sends nothing of what
// lies before the place that reading began at; so a lower one is a transaction that nobody read.
Status TransactionReader::check_order(const EventGroup& group) const {
  if (!group.mariadb_gtid || position_.restart) return Ok();
  auto last = position_.taken.mariadb_gtids.last_of(group.mariadb_gtid->domain);
  bool rises = !last || group.mariadb_gtid->sequence > last->sequence;
  if (rises || *group.mariadb_gtid == *last) return Ok();
  return Error::permanent(fmt::format(
      "the transaction {} follows {}: numbers of domain {} do not rise, so that no position says "
      "what was read. Give each server that is written to a gtid_domain_id of its own, or SET "
      "GLOBAL gtid_strict_mode = ON",
      to_text(*group.mariadb_gtid), to_text(*last), last->domain));
}

void TransactionReader::drop_group() {
  if (group_) assembler_->abort(group_->id);
  group_.reset();
}

bool TransactionReader::was_taken(const EventGroup& group) const {
  const Position& taken = position_.taken;
  if (group.mariadb_gtid && taken.has_gtids()) {
    return taken.mariadb_gtids.contains(*group.mariadb_gtid);
  }
  if (group.gtid_source && taken.has_gtids()) {
    return taken.gtids.contains(*group.gtid_source, group.number);
  }
  return taken.by_file() && FilePlace{taken.file, taken.offset}.is_at_or_behind(place_);
}

void TransactionReader::advance(const EventGroup& group) {
  Position& taken = position_.taken;
  if (group.mariadb_gtid) taken.mariadb_gtids.add(*group.mariadb_gtid);
  if (group.gtid_source) taken.gtids.add(*group.gtid_source, group.number);
  taken.server = server_;
  taken.file = place_.file;
  taken.offset = place_.offset;
  ++taken.ordinal;
}

TransactionReader::Outcome TransactionReader::end_group(const Event& event,
                                                        Transaction transaction) {
  EventGroup group = std::move(*group_);
  group_.reset();
  if (group.is_taken) return nothing();
  advance(group);
  position_.restart.reset();
  if (!prepared_.empty()) position_.restart = prepared_.front().before;
  holds_next_ = false;
  CommittedTransaction out = to_give(group, std::move(transaction));
  if (out.number == 0) out.number = position_.taken.ordinal;
  if (out.commit_time_us == 0) out.commit_time_us = event.header.timestamp_s * kUsPerSecond;
  return std::optional(std::move(out));
}

TransactionReader::Outcome TransactionReader::commit(const Event& event) {
  if (!group_) return Error::permanent("a commit stands outside of a transaction");
  return end_group(event, assembler_->take(group_->id));
}

// Only what tables without transactions hold outlives a rollback, and its group says COMMIT; a
// group that is rolled back stands in the binlog where such a table was changed among others.
TransactionReader::Outcome TransactionReader::roll_back(const Event& event) {
  assembler_->abort(group_->id);
  group_->voids_pieces = group_->is_in_pieces;
  for (TableIndex table : group_->changed) {
    alter(table, kChangedAndRolledBack);
  }
  return commit(event);
}

// --- Rows ---------------------------------------------------------------------------------------

TransactionReader::Outcome TransactionReader::on(const Event& event, const Xid&) {
  if (group_ && group_->is_taken) return nothing();
  return commit(event);
}

TransactionReader::Outcome TransactionReader::on(const Event&, const TableMapEvent& map) {
  LEAT_RETURN_IF_ERROR(bindings_.set(map));
  return nothing();
}

TransactionReader::Outcome TransactionReader::on(const Event&, const RowsEvent& event) {
  if (group_ && group_->is_taken && group_->xa.empty()) return nothing();
  if (!group_) return Error::permanent("rows stand outside of a transaction");
  const BoundTable* bound = bindings_.find(event.table);
  if (bound == nullptr) {
    return Error::permanent(
        fmt::format("rows of table {} follow no TABLE_MAP of it", event.table.value()));
  }
  if (!bound->table) return nothing();
  if ((*tables_)[*bound->table].stopped_reason) {
    EventGroup::note(*bound->table, &group_->skipped);
    return nothing();
  }
  if (!bound->binding) {
    alter(*bound->table, bound->mismatch);
    return nothing();
  }
  LEAT_RETURN_IF_ERROR(take_rows(*bound, event));
  return nothing();
}

RowChanges& TransactionReader::rows_of(TableIndex table) {
  if (rows_.size() < tables_->size()) rows_.resize(tables_->size());
  std::unique_ptr<RowChanges>& rows = rows_[table.value()];
  if (rows == nullptr) rows = std::make_unique<RowChanges>((*tables_)[table].schema);
  return *rows;
}

Status TransactionReader::take_rows(const BoundTable& bound, const RowsEvent& event) {
  EventGroup::note(*bound.table, &group_->changed);
  RowChanges& rows = rows_of(*bound.table);
  LEAT_RETURN_IF_ERROR(rows.begin(&*bound.binding, event));
  for (;;) {
    LEAT_ASSIGN_OR_RETURN(bool more, rows.next());
    if (!more) return Ok();
    PendingChange change;
    change.table = *bound.table;
    change.subtransaction = group_->subtransaction;
    Status decoded = rows.decode(&change);
    if (decoded.ok()) {
      LEAT_RETURN_IF_ERROR(assembler_->add(group_->id, change));
    } else {
      fail(*bound.table, decoded.error().message());
    }
  }
}

}  // namespace leat::cdc::mysql
