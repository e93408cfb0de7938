// The rows of the tables whose source does not send the row before a change (PostgreSQL's default
// replica identity), by generation and key.
//
// It runs ahead of the log in memory: rows are put when a transaction is completed, before its cut
// is durable. What reaches the disk never does: flush() is called when everything that was put is
// durable in the log, and brings to disk, as one unit, the rows and how far into each partition
// they are known to reach. After a crash recover() replays the log from there. (Replay sets keys to
// whole rows, so that reading some records twice does no harm.)
//
// Its floor in the log is the cut of the last flush that is on disk. It is there to make a start
// quick, no more: a generation that compaction has passed is read anew from the log, which has the
// last row of each key. So the floor yields where the log is paused for want of room: a flush needs
// everything that was put to be durable, which is what waits for that room.
//
//   source's thread: put, put … submit ─▶ log: paused, no room ─▶ the floor yields ─▶ compaction
//                                    ◀──────────────── goes on ◀── room ◀──────────────────┘
//
// A transaction may put more rows than memory should hold while none of them may reach the disk.
// Those of a large one that are too many go to an overlay, which decides before the rows below it;
// when all is durable in the log, catch_up() throws it away and takes the rows from there, as after
// a crash:
//
//   small ─▶ rows │ large: ─▶ rows … 64 MB ─▶ overlay │ its cut is durable: log ─▶ rows │ small ─▶
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cdc/row_images.h"
#include "cdc/row_overlay.h"
#include "cdc/table.h"
#include "log/change_log.h"
#include "log/store/state_unit.h"

namespace leat::cdc {

struct RowStoreOptions {
  store::Store* store = nullptr;
  store::TableId table;
  std::string reader_name;  // what the log knows it by: compaction never passes what it has flushed
  size_t resident_bytes_max = 8 << 20;
  size_t buffered_bytes_max = 16 << 20;
  // Of a large transaction's rows no more stay in memory; the others go to this directory, which is
  // made when it is needed. What is there at the start is removed.
  size_t large_bytes_max = 192 << 20;
  std::string overlay_dir;
};

// One thread.
class RowStore final : public RowImages {
 public:
  static Result<std::unique_ptr<RowStore>> open(const RowStoreOptions& options);

  // Makes it hold exactly the rows that LOG holds of those of TABLES that need it; forgets all
  // others. A flush is requested, and the log knows the floor, when this returns.
  Status recover(log::ChangeLog& log, const TableSet& tables);

  Status find(GenerationId generation, std::span<const std::string_view> keys,
              const Found& found) override;
  Status begin_large_transaction(const log::ChangeLog& log) override;
  Status put(GenerationId generation, std::string_view key, std::string_view row) override;
  Status erase(GenerationId generation, std::string_view key) override;

  // Whether catch_up() is due. It must come before a flush, and when LOG holds everything that was
  // put.
  bool has_overlay() const { return overlay_ != nullptr; }
  Status catch_up(log::ChangeLog& log, const TableSet& tables);

  // A flush is due: so much is buffered, or it was requested and is prepared.
  bool wants_flush();
  void request_flush();
  // Begins to make all rows durable. STATE is the log's, and everything that was put is in it.
  Status begin_flush(log::ChangeLog& log, const TableSet& tables);
  Status wait_flush(log::ChangeLog& log);
  // Moves the floor when the flush begun last has ended. To be called now and then.
  void note_flush_end(log::ChangeLog& log);

 private:
  // Up to where the rows of a generation are those of the log, by partition.
  using Offsets = std::vector<Offset>;
  using Progress = std::map<GenerationId, Offsets>;
  // What a flush makes durable beside the rows.
  struct Position {
    CutId cut;  // which they have all passed
    Progress progress;
  };

  RowStore(const RowStoreOptions& options, std::unique_ptr<store::StateUnit> unit)
      : options_(options), unit_(std::move(unit)) {}

  Result<store::BufferedTable*> table(GenerationId generation);
  Status take_from_log(log::ChangeLog& log, const TableSet& tables);
  Status replay(log::ChangeLog& log, GenerationId generation, size_t partition_count);
  Status replay_partition(log::ChangeLog& log, PartitionId partition, Offset* from);
  Progress log_ends(const log::LogState& state) const;
  Status check_room();
  void forget_overtaken(const log::LogState& state);
  bool forget_rewritten(const log::LogState& before, const log::LogState& now);
  void set_floor_as_flushed(log::ChangeLog& log);
  void set_floor(log::ChangeLog& log, CutId cut);
  Status drop_all_but(const Progress& kept);

  static std::string encode(const Position& position);
  static Result<Position> decode(std::string_view bytes);

  RowStoreOptions options_;
  std::unique_ptr<store::StateUnit> unit_;
  std::map<GenerationId, store::BufferedTable*> tables_;
  Progress progress_;
  CutId recovering_from_;    // what a flush in the middle of recover() has passed
  std::string noted_flush_;  // the position on disk, as far as the log's floor knows

  // Of a large transaction.
  std::optional<Progress> log_before_;  // where the log ended before it; none: there is none
  size_t puts_ = 0;                     // into memory
  std::unique_ptr<RowOverlay> overlay_;
};

}  // namespace leat::cdc
