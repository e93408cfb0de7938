// Reads topics cut by cut. A step either goes over whole small cuts, merging the partitions by the
// cut that each batch names, or through one cut in pieces:
//
//   cuts      1   2   3  [        4: orders switches from generation A to B        ]  5
//   steps     └───1───┘  └─2: −A…─┘└─3: −A…, +B…─┘└─4: +B…, the rest; ends_cut 4─┘  └─5
//
// At a switch everything taken of the old generation is given once more, to be taken back: newest
// first, so that after every step the reader holds what it once held. Then the new one from its
// start. A generation that was compacted up to cut 7 begins at 7, which then holds everything
// before. What the switching cut itself still wrote to the old one is not given at all.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "log/backward_cursor.h"
#include "log/change_log.h"
#include "log/engine.h"
#include "log/generation_history.h"
#include "log/partition_cursor.h"

namespace leat::log {

class CutReaderImpl final : public CutReader {
 public:
  // FROM must be a position in this log, over these topics: anything else is a permanent error.
  static Result<std::unique_ptr<CutReader>> create(Engine& engine, const Publisher& publisher,
                                                   std::vector<std::string> topics,
                                                   ReadPosition from);

  Result<std::optional<ReadStep>> next(size_t bytes_max, CutId limit,
                                       std::chrono::milliseconds timeout) override;
  const ReadPosition& position() const override { return position_; }

 private:
  using Cursors = std::vector<PartitionCursor>;
  enum class ChunkKind : unsigned char { retract_changes, retract_inserts, inserts, changes };
  struct Topic {
    std::string name;
    CutId forget_until;  // generations that ended by then are as if they had never been
    std::unique_ptr<GenerationHistory> history;
    GenerationId generation;
    SchemaId schema;
    Cursors cursors;                         // of the generation being read; empty: none
    std::vector<BackwardCursor> retraction;  // of the generation being taken back
    GenerationId retraction_generation;
    SchemaId retraction_schema;
    // Below these each record is an insert.
    std::vector<Offset> horizons;
    std::vector<Offset> retraction_horizons;
    std::array<int, 4> chunks;  // by kind, in the step being made; -1: none
  };
  struct Active {
    Topic* topic;
    PartitionCursor* cursor;
  };
  // How things stood before a cut's first batch of a partition was taken.
  struct Taken {
    Active from;
    PartitionCursor::Mark mark;
    size_t records_before;
  };

  CutReaderImpl(Engine& engine, const Publisher& publisher, ReadPosition from);

  Status add_topic(std::string name);
  Status resume_topic(Topic& topic);
  Result<Cursors> open_cursors(GenerationId generation, const std::vector<Offset>& from);
  Result<std::shared_ptr<Partition>> find_partition(GenerationId generation, size_t index);
  Status open_retraction(Topic& topic, const ReadPosition::Retraction& retraction);
  void look_at(std::shared_ptr<const LogState> state);
  std::optional<CutId> next_change() const;

  void begin_step();
  Result<ReadStep> step_over_cuts(CutId upto, size_t bytes_max);
  Result<bool> take_cut(std::vector<Active>& active, CutId cut, size_t bytes_stop);
  void put_back();
  Status enter_change(CutId cut);
  Status switch_topic(Topic& topic, const GenerationState* to);
  Result<ReadStep> step_in_cut(size_t bytes_max);
  Result<bool> retract(Topic& topic, size_t bytes_max);
  Result<bool> take_until(Topic& topic, CutId cut, size_t bytes_max);

  std::vector<Active> active_cursors();
  void hold(const Block& block);
  Status take(PartitionCursor& cursor, const BatchView& batch, TopicChunk* to);
  TopicChunk& chunk_of(Topic& topic, ChunkKind kind);
  ReadStep finish_step(CutId cut, bool ends_cut);
  void note_position();

  Engine& engine_;
  const Publisher& publisher_;
  std::vector<Topic> topics_;  // never moves: chunks name topics by view
  ReadPosition position_;
  std::shared_ptr<ReaderFloors::LiveFloor> floor_;
  std::shared_ptr<const LogState> state_;

  ReadStep step_;  // being made
  size_t step_bytes_ = 0;
  std::vector<Taken> taken_;
  std::vector<Block> held_;  // what the last step's records point into
};

}  // namespace leat::log
