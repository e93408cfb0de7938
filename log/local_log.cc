#include "log/local_log.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>

#include "log/committer.h"
#include "log/cut_reader.h"
#include "log/engine.h"
#include "log/live_backup.h"
#include "log/local_segments.h"
#include "log/offset_search.h"
#include "log/partition_reader.h"
#include "log/recovery.h"

namespace leat::log {
namespace {

constexpr int kExitFailedSync = 74;  // EX_IOERR of sysexits.h

// No destructors: threads are at work, and nothing that they could still write would be trusted.
void end_process(const Error& error) {
  spdlog::critical("{}", error.message());
  spdlog::default_logger()->flush();
  std::_Exit(kExitFailedSync);
}

// What a cut's record says must not depend on how the log is opened the next time.
void complete(const LocalLogOptions& options, CommitUnit* unit) {
  if (!options.settings_of_new_topic) return;
  for (TopicEdit& edit : unit->edits) {
    auto* create = std::get_if<CreateTopic>(&edit);
    if (create == nullptr || create->settings) continue;
    create->settings = options.settings_of_new_topic(create->topic, create->kind);
  }
}

class LocalUnitWriter final : public UnitWriter {
 public:
  LocalUnitWriter(const LocalLogOptions& options, CommitQueue& queue, Ticket ticket)
      : options_(options), queue_(queue), ticket_(ticket) {}
  ~LocalUnitWriter() override {
    if (!committed_) queue_.abandon_parts();
  }

  Status add(CommitUnit part) override {
    complete(options_, &part);
    return queue_.add_part(std::move(part), CommitQueue::More::yes);
  }
  Result<Ticket> commit(CommitUnit last) override {
    complete(options_, &last);
    LEAT_RETURN_IF_ERROR(queue_.add_part(std::move(last), CommitQueue::More::no));
    committed_ = true;
    return ticket_;
  }

 private:
  const LocalLogOptions& options_;
  CommitQueue& queue_;
  const Ticket ticket_;
  bool committed_ = false;
};

class LocalLogImpl final : public LocalLog {
 public:
  LocalLogImpl(std::unique_ptr<Engine> engine, Recovered recovered)
      : engine_(std::move(engine)),
        publisher_(recovered.state),
        queue_(engine_->options.queue_bytes_max, *recovered.state),
        guard_(engine_->options.retry_delay_max, [this](const Error& error) { fail(error); }),
        committer_(*engine_, queue_, publisher_, guard_, std::move(recovered.journal)),
        segments_(*engine_, publisher_, queue_, guard_) {
    engine_->partitions.damage_notes().on_add([this] { queue_.request_cut(); });
  }

  ~LocalLogImpl() override { (void)close(); }

  GenerationId allocate_generation() override {
    while (true) {
      if (auto id = engine_->generation_ids.try_allocate()) return *id;
      queue_.request_cut();  // it reserves more
      CutId cut = publisher_.state()->cut;
      // A log that failed hands out no durable cut any more; nor will it take what uses the id.
      if (!publisher_.wait_beyond(cut, kWaitForReservation).ok()) return GenerationId(UINT64_MAX);
    }
  }

  SchemaId schema_id(const Schema& schema) override { return engine_->schemas.id_of(schema); }
  std::shared_ptr<const Schema> schema(SchemaId id) const override {
    return engine_->schemas.find(id);
  }

  Result<Ticket> submit(CommitUnit unit) override {
    complete(engine_->options, &unit);
    return queue_.submit(std::move(unit));
  }
  Result<std::unique_ptr<UnitWriter>> open_unit() override {
    LEAT_ASSIGN_OR_RETURN(Ticket ticket, queue_.begin_parts());
    return std::unique_ptr<UnitWriter>(
        std::make_unique<LocalUnitWriter>(engine_->options, queue_, ticket));
  }
  Ticket durable() const override { return publisher_.durable(); }
  Result<bool> wait_durable(Ticket ticket, std::chrono::milliseconds timeout) override {
    return publisher_.wait_durable(ticket, timeout);
  }
  std::shared_ptr<const LogState> state() const override { return publisher_.state(); }

  Result<bool> wait_cut(CutId beyond, std::chrono::milliseconds timeout) const override {
    LEAT_ASSIGN_OR_RETURN(auto state, publisher_.wait_beyond(beyond, timeout));
    return state->cut > beyond;
  }

  Result<std::unique_ptr<CutReader>> read_cuts(std::vector<std::string> topics,
                                               ReadPosition from) override {
    return CutReaderImpl::create(*engine_, publisher_, std::move(topics), std::move(from));
  }
  Result<std::unique_ptr<PartitionReader>> read_partition(PartitionId id, Offset from) override;

  Result<std::vector<Offset>> offsets_at(GenerationId generation, CutId cut) override;
  Result<std::vector<Offset>> offsets_at_time(GenerationId generation,
                                              int64_t timestamp_ms) override;

  void set_reader_floor(std::string_view name, CutId flushed, Hold hold) override {
    engine_->reader_floors.set(name, flushed, hold);
  }
  void forget_reader(std::string_view name) override { engine_->reader_floors.forget(name); }

  void give_up_waiting() override { guard_.give_up(); }

  Status close() override {
    queue_.close();
    guard_.give_up();
    Status status = committer_.finish();
    Error closed = Error::permanent("the log is closed");
    publisher_.fail(closed);
    engine_->replacements.fail(closed);
    return status;
  }

  LogHealth health() const override;
  SegmentAccess& segments() override { return segments_; }
  std::map<std::string, CutId, std::less<>> reader_floors() const override {
    return engine_->reader_floors.registered();
  }
  Result<CopySummary> back_up(const std::string& to, const CopyProgress& progress) override {
    return log::back_up(*engine_, committer_.checkpointer(), to, progress);
  }

 private:
  static constexpr std::chrono::milliseconds kWaitForReservation{100};

  using FindOffset = std::function<Result<Offset>(std::shared_ptr<Partition>)>;
  Result<std::vector<Offset>> for_each_partition(GenerationId generation, const FindOffset& find);

  void fail(const Error& error) {
    engine_->options.on_fatal(error);
    engine_->replacements.fail(error);
    queue_.fail(error);
    publisher_.fail(error);
  }

  std::unique_ptr<Engine> engine_;
  Publisher publisher_;
  CommitQueue queue_;
  WriteGuard guard_;
  Committer committer_;
  LocalSegments segments_;
};

Result<std::unique_ptr<PartitionReader>> LocalLogImpl::read_partition(PartitionId id, Offset from) {
  auto partition = engine_->partitions.find(id);
  if (partition == nullptr) {
    return Error::permanent("there is no partition " + std::to_string(id.index.value()) +
                            " of generation " + std::to_string(id.generation.value()));
  }
  return std::unique_ptr<PartitionReader>(std::make_unique<LocalPartitionReader>(
      std::move(partition), engine_->segments, publisher_, from));
}

Result<std::vector<Offset>> LocalLogImpl::for_each_partition(GenerationId generation,
                                                             const FindOffset& find) {
  std::vector<Offset> offsets;
  while (true) {
    PartitionIndex index(static_cast<int32_t>(offsets.size()));
    auto partition = engine_->partitions.find({generation, index});
    if (partition == nullptr) break;
    LEAT_ASSIGN_OR_RETURN(Offset offset, find(std::move(partition)));
    offsets.push_back(offset);
  }
  if (!offsets.empty()) return offsets;
  return Error::permanent("there is no generation " + std::to_string(generation.value()));
}

Result<std::vector<Offset>> LocalLogImpl::offsets_at(GenerationId generation, CutId cut) {
  cut = std::min(cut, publisher_.state()->cut);
  return for_each_partition(generation, [&](std::shared_ptr<Partition> partition) {
    return offset_behind_cut(std::move(partition), engine_->segments, cut);
  });
}

Result<std::vector<Offset>> LocalLogImpl::offsets_at_time(GenerationId generation,
                                                          int64_t timestamp_ms) {
  CutId published = publisher_.state()->cut;
  return for_each_partition(generation, [&](std::shared_ptr<Partition> partition) {
    return offset_from_time(std::move(partition), engine_->segments, timestamp_ms, published);
  });
}

LogHealth LocalLogImpl::health() const {
  const Committer::Totals& totals = committer_.totals();
  auto failed = guard_.failed();
  int64_t since_ns = totals.parts_since_ns;
  int64_t now_ns = engine_->options.clock.monotonic().count();
  return {.paused_reason = guard_.paused_reason(),
          .failed_reason = failed ? failed->message() : "",
          .cuts_total = totals.cuts,
          .units_total = totals.units,
          .bytes_total = totals.bytes,
          .checkpoints_total = committer_.checkpoints_total(),
          .queued_bytes = queue_.queued_bytes(),
          .unit_in_parts_us = since_ns == 0 ? 0 : (now_ns - since_ns) / 1000,
          .queue_bytes_max = engine_->options.queue_bytes_max,
          .journal_used_bytes = totals.journal_used,
          .journal_size_bytes = totals.journal_size,
          .sync_us_p50 = engine_->syncs.quantile_us(0.5),
          .sync_us_p99 = engine_->syncs.quantile_us(0.99),
          .open_readers = engine_->reader_floors.live_count(),

          .detached_readers = engine_->reader_floors.detached()};
}

std::string parent_of(const std::string& dir) {
  size_t slash = dir.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : dir.substr(0, slash);
}

// The names of the directory and of those above it must be durable as well. Those that are there
// may have been made by a process that was killed before it synced them; where we may not even read
// the parent, we did not make them.
Status make_data_dir(Fs& fs, const std::string& dir) {
  std::string parent = parent_of(dir);
  LEAT_ASSIGN_OR_RETURN(bool there, fs.exists(dir));
  if (there) {
    if (dir != parent) (void)fs.sync_dir(parent);
    return parent == "/" || parent == "." ? Status() : make_data_dir(fs, parent);
  }
  LEAT_RETURN_IF_ERROR(make_data_dir(fs, parent));
  LEAT_RETURN_IF_ERROR(fs.create_dirs(dir));
  return fs.sync_dir(parent);
}

}  // namespace

Result<std::unique_ptr<LocalLog>> LocalLog::open(LocalLogOptions options) {
  if (!options.on_fatal) options.on_fatal = end_process;
  while (options.dir.size() > 1 && options.dir.back() == '/') options.dir.pop_back();
  auto engine = std::make_unique<Engine>(std::move(options));
  LEAT_ASSIGN_OR_RETURN(bool is_old, engine->options.fs.exists(engine->paths.checkpoint()));
  if (!is_old) LEAT_RETURN_IF_ERROR(make_data_dir(engine->options.fs, engine->paths.dir()));
  LEAT_ASSIGN_OR_RETURN(engine->lock, engine->options.fs.lock(engine->paths.lock()));
  LEAT_ASSIGN_OR_RETURN(auto recovered, recover(*engine));
  return std::unique_ptr<LocalLog>(
      std::make_unique<LocalLogImpl>(std::move(engine), std::move(recovered)));
}

}  // namespace leat::log
