// The log: partitioned topics of changes, committed in cuts. What is above it (cdc, joins, views)
// sees only this interface and must not assume that the log is local.
//
//   writers ──submit(CommitUnit)──▶ committer thread ──one durable cut──▶ LogState, CutReader
//
// A CommitUnit is whole source transactions of one writer. The committer takes what is queued
// (group commit) into one cut; a cut is visible, and its positions may be acknowledged, only when
// it is durable. Each generation has one writer, so units of different writers never meet in a
// partition. What is too large to stand in memory is written in parts (UnitWriter).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "log/base/ids.h"
#include "log/base/status.h"
#include "log/model/schema.h"
#include "log/record.h"
#include "log/topic_settings.h"

namespace leat::log {

// --- What a writer asks for -------------------------------------------------------------------

struct PartitionAppend {
  PartitionId partition;
  RecordBuffer records;
};

// Creates a topic without any generation. An existing topic of the same name and kind is left as it
// is; of another kind is a permanent error of submit().
struct CreateTopic {
  std::string topic;
  TopicKind kind = TopicKind::table;
  // None: what the log was opened to give new topics of this name.
  std::optional<TopicSettings> settings = {};
};

// Replaces a topic's settings. Those that its kind does not have are a permanent error of submit().
struct AlterTopic {
  std::string topic;
  TopicSettings settings;
};

inline constexpr int32_t kPartitionsMax = 1024;  // of a generation

// Starts filling a new generation. Not yet visible in the topic; filling ones left by an earlier
// attempt are dropped in the same cut.
struct BeginGeneration {
  std::string topic;
  GenerationId generation;  // from ChangeLog::allocate_generation
  SchemaId schema;
  int32_t partition_count = 4;
};

// The generation becomes the topic's current one; this cut is its `since`. The one before it is
// retired: readable until no reader needs it. Also ends a stop.
struct SwitchGeneration {
  std::string topic;
  GenerationId generation;
};

// The topic takes no more records until a new generation is switched to; the views over it freeze.
struct StopTopic {
  std::string topic;
  std::string reason;
};

// The topic and its contents go; its current generation is retired.
struct DropTopic {
  std::string topic;
};

using TopicEdit =
    std::variant<CreateTopic, BeginGeneration, SwitchGeneration, StopTopic, DropTopic, AlterTopic>;

// Where a source has been read up to: opaque to the log (the LSN's 8 bytes, a GTID set).
struct SourcePosition {
  std::string source;
  std::string position;
};

// One writer's contribution to a cut; atomic. In it, edits take effect before appends; a TRUNCATE
// in the middle is written as appends to a new generation only.
struct CommitUnit {
  std::vector<TopicEdit> edits;
  std::vector<PartitionAppend> appends;
  std::optional<SourcePosition> position;
  // Of a part (UnitWriter): what the parts before it appended to these counts for nothing.
  std::vector<GenerationId> voids;
  // Of a unit without records that needs no order with the units of others, such as a consumer's
  // position: it does not wait behind those that wait for room. Units that may pass keep their
  // order among themselves. One that edits a topic which a waiting unit edits, too, stays behind
  // that; records that wait for a topic that it drops are dropped with it.
  bool may_pass = false;

  size_t bytes() const;
};

// The number of a submitted unit, counting upwards; units become durable in this order. Those that
// have passed others are numbered by themselves (DurableTickets).
using Ticket = StrongId<struct TicketTag, uint64_t>;

// Writes one unit in parts, so that it never stands in memory as a whole: a source transaction of
// any size. All parts are one cut, made by the last; before that nothing of them is visible, and an
// abandoned writer, a close or a crash leaves nothing of them.
//
// Parts are written under the number of the cut to come. So, from the first part to the last, other
// writers' units wait in the queue (and, when it is full, in submit()), for as long as this writer
// takes; it should have its changes at hand, and must wait neither for a cut nor for a generation
// id meanwhile. One thread; must not outlive the log.
class UnitWriter {
 public:
  virtual ~UnitWriter() = default;  // abandons the unit, unless it was committed

  // Blocks while the parts before it are too many bytes (bounded as the queue is). After an error,
  // as of submit(), the unit can only be abandoned.
  virtual Status add(CommitUnit part) = 0;
  virtual Result<Ticket> commit(CommitUnit last) = 0;

 protected:
  UnitWriter() = default;
  UnitWriter(const UnitWriter&) = delete;
  UnitWriter& operator=(const UnitWriter&) = delete;
};

// --- What a reader sees -----------------------------------------------------------------------

struct PartitionState {
  Offset start;  // the first that is kept
  Offset end;    // one past the last committed one
  // Below this each key has at most one record, without its `before`: an insert to a reader.
  Offset cleaned_horizon;
  uint64_t bytes = 0;
  // Why reading it is an error, wholly or from a place on that was met. Empty: sound, as is known.
  std::string damage;
};

struct GenerationState {
  GenerationId id;
  SchemaId schema;
  // The first cut at which it reads as a whole: that of its switch, or the horizon that compaction
  // and retention have since reached. 0 while filling.
  CutId since;
  uint64_t rewrites = 0;  // how often compaction or retention has changed what lies before `since`
  std::vector<PartitionState> partitions;
};

// A generation that was replaced, or whose topic was dropped, at the cut UNTIL: kept for readers
// that have not passed it (set_reader_floor).
struct RetiredGeneration {
  std::string topic;
  GenerationState generation;
  CutId until;
  // As its topic's, where it was stopped when it was replaced: from then on to UNTIL it stood
  // still.
  std::optional<std::string> stopped_reason;
  CutId stopped_at;
};

struct TopicState {
  std::string name;
  TopicKind kind = TopicKind::table;
  TopicSettings settings;
  std::optional<GenerationState> current;
  std::optional<GenerationState> filling;
  std::optional<std::string> stopped_reason;
  CutId stopped_at;  // the cut of the StopTopic: views over the topic stay at the one before
};

// The log as of one cut. Immutable; shared between threads. What a cut did not touch is shared with
// the state before it, so that a commit costs the same whatever the number of topics.
struct LogState {
  CutId cut;
  // Random, of this data directory: cuts of the same number in a restored copy may be others, so a
  // cut that is handed out goes with it.
  uint64_t incarnation = 0;
  std::vector<std::shared_ptr<const TopicState>> topics;             // by name
  std::vector<std::shared_ptr<const RetiredGeneration>> retired;     // by until
  std::map<std::string, std::string, std::less<>> source_positions;  // source → position

  const TopicState* find(std::string_view topic) const;
};

// Where a CutReader stands; stored by who must resume. Between cuts, or inside a huge cut. It can
// be resumed as long as compaction and retention have not passed it, which a registered reader's
// floor sees to (ChangeLog::set_reader_floor).
class ReadPosition {
 public:
  ReadPosition() = default;  // before everything
  // Where TOPICS have been read to the end of STATE's cut.
  static ReadPosition at(const LogState& state, const std::vector<std::string>& topics);

  // The last cut that has been read to its end.
  CutId cut() const { return cut_; }

  // Whether STATE still has what lies behind the position. If not, its reader must forget what it
  // has made of TOPICS and start from the beginning.
  bool can_resume(const LogState& state, const std::vector<std::string>& topics) const;

  std::string encode() const;
  static Result<ReadPosition> decode(std::string_view bytes);

  friend bool operator==(const ReadPosition&, const ReadPosition&) = default;

 private:
  friend class CutReaderImpl;

  // What has been taken of a topic: which generation, and up to where in each partition.
  struct TopicProgress {
    GenerationId generation;
    uint64_t rewrites = 0;  // of the generation, when it was begun
    std::vector<Offset> offsets;
    friend bool operator==(const TopicProgress&, const TopicProgress&) = default;
  };
  // A replaced generation that is being taken back: what is still to be, below these offsets.
  struct Retraction {
    GenerationId generation;
    std::vector<Offset> remaining;
    friend bool operator==(const Retraction&, const Retraction&) = default;
  };
  // Inside a cut, on the way to its end.
  struct MidCut {
    CutId cut;
    std::map<std::string, Retraction> retractions;
    friend bool operator==(const MidCut&, const MidCut&) = default;
  };

  CutId cut_;
  std::map<std::string, TopicProgress> topics_;
  std::optional<MidCut> mid_cut_;
};

// Records of one topic inside a ReadStep.
struct TopicChunk {
  std::string_view topic;  // lives as long as the reader
  GenerationId generation;
  SchemaId schema;  // of the generation
  // True: the contents of a generation that this cut replaced; each record counts backwards
  // (+before, -after), and they come newest first within each partition, over all steps of the cut:
  // after each record the reader holds what it once held.
  bool retracts = false;
  // False: from below the cleaned horizon, where each key has one record at most and tombstones are
  // left out: each is an insert, whatever `before` says. (Of a step's chunks of a topic those come
  // before the others or, where they are taken back, after them.)
  bool has_before = true;
  std::vector<RecordView> records;
};

// A bounded piece of the way from one cut to a later one.
struct ReadStep {
  // The cut this step belongs to: when ends_cut, everything up to and including it has been given.
  CutId cut;
  bool ends_cut = false;
  std::vector<TopicChunk> chunks;  // may be empty: a cut that moved none of the reader's topics
};

// Reads a set of table and stream topics cut by cut. One thread. A step may cover several small
// cuts (then it ends at the last of them) or be a part of one huge cut; it never ends one cut and
// begins another in between. Views in a step live until the next call.
class CutReader {
 public:
  virtual ~CutReader() = default;

  // The next step of at most about BYTES_MAX bytes of records and not past LIMIT; waits up to
  // TIMEOUT for a cut beyond the position. None: nothing new in that time.
  virtual Result<std::optional<ReadStep>> next(size_t bytes_max, CutId limit,
                                               std::chrono::milliseconds timeout) = 0;
  // Where the steps given so far end; what to store together with their effect.
  virtual const ReadPosition& position() const = 0;
};

// Reads one partition's committed records by offset. One thread.
class PartitionReader {
 public:
  virtual ~PartitionReader() = default;

  // The next records, about BYTES_MAX bytes at most (but at least one record); empty at the
  // committed end. Offsets may have gaps. Views live until the next call.
  virtual Result<std::vector<RecordView>> next(size_t bytes_max) = 0;
};

// --- The log ----------------------------------------------------------------------------------

// What a registered reader's floor holds back.
enum class Hold : uint8_t {
  always,
  // Only while there is room on the disk: where the log is paused for want of it, compaction passes
  // the floor. For readers that see from `cleaned_horizon` and `rewrites` that they were overtaken,
  // and make what they hold anew from what the log still has (a row store).
  while_there_is_room,
};

// The floor of a registered reader that needs nothing of what the log holds now.
inline constexpr CutId kNeedsNothing{UINT64_MAX};

class ChangeLog {
 public:
  virtual ~ChangeLog() = default;

  // Never used before and never again, also after a crash. May wait for a cut.
  virtual GenerationId allocate_generation() = 0;
  // The id of a schema, a new one where it is new; it is stored in the cut that first uses it.
  virtual SchemaId schema_id(const Schema& schema) = 0;
  // A schema that a durable cut (or schema_id) named; null for an unknown id.
  virtual std::shared_ptr<const Schema> schema(SchemaId id) const = 0;

  // Queues a unit; blocks while the queue is full (bounded in bytes). An error means that the log
  // has failed or is closed, or is being closed and has no room: nothing more will be durable.
  virtual Result<Ticket> submit(CommitUnit unit) = 0;
  // Begins a unit in parts; waits while there is another one.
  virtual Result<std::unique_ptr<UnitWriter>> open_unit() = 0;
  // The last unit that is durable. Any thread.
  virtual Ticket durable() const = 0;
  // Waits until TICKET is durable; false on timeout.
  virtual Result<bool> wait_durable(Ticket ticket, std::chrono::milliseconds timeout) = 0;

  // The newest durable cut. Any thread; cheap.
  virtual std::shared_ptr<const LogState> state() const = 0;
  // Waits until state() is beyond CUT; false on timeout. Any thread.
  virtual Result<bool> wait_cut(CutId beyond, std::chrono::milliseconds timeout) const = 0;

  // TOPICS that do not exist yet are read from when they do.
  virtual Result<std::unique_ptr<CutReader>> read_cuts(std::vector<std::string> topics,
                                                       ReadPosition from) = 0;

  // FROM below the partition's start is read from its start.
  virtual Result<std::unique_ptr<PartitionReader>> read_partition(PartitionId partition,
                                                                  Offset from) = 0;

  // Where each partition of a generation ended as of CUT, as far as it is kept. It may have to read
  // a part of each: for tools, not for a hot path.
  virtual Result<std::vector<Offset>> offsets_at(GenerationId generation, CutId cut) = 0;
  // Of each partition of a generation the first record whose time is TIMESTAMP_MS or later; the end
  // where there is none. Times need not rise with offsets: earlier ones may follow.
  virtual Result<std::vector<Offset>> offsets_at_time(GenerationId generation,
                                                      int64_t timestamp_ms) = 0;

  // Says that the reader NAME (a view, a row store, a consumer) will never again ask for what lies
  // before the cut FLUSHED: a generation retired at or before the floors of all registered readers
  // is removed with one of the next checkpoints. With no reader registered nothing is removed.
  // Floors outlive a restart, as Hold::always until they are set again and, after a crash, as of
  // an earlier moment: who opens the log sets those of its readers and forgets the others. A
  // CutReader at work holds back removal by itself. Any thread.
  virtual void set_reader_floor(std::string_view name, CutId flushed, Hold hold = Hold::always) = 0;
  virtual void forget_reader(std::string_view name) = 0;

  // Commits what is queued (and need not wait for room), checkpoints and closes. Later submits
  // fail.
  virtual Status close() = 0;

 protected:
  ChangeLog() = default;
  ChangeLog(const ChangeLog&) = delete;
  ChangeLog& operator=(const ChangeLog&) = delete;
};

}  // namespace leat::log
