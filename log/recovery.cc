#include "log/recovery.h"

#include "log/cut_replay.h"
#include "log/segment_check.h"

namespace leat::log {
namespace {

constexpr uint64_t kJournalBytesMax = uint64_t{4} << 30;
constexpr uint64_t kJournalBytesMin = 256 << 10;  // of the one that a full disk gets

// The journal files that follow the checkpoint, and their runs.
struct JournalChain {
  std::vector<std::string> files;  // the bytes that the payloads point into
  std::vector<std::string_view> payloads;
};

Error damaged(const std::string& path, std::string_view what) {
  return Error::permanent(
      path + " is damaged: " + std::string(what) +
      ". Nothing was changed; restore the data directory from a backup, or start "
      "with an empty one");
}

// The last file's bad end is a torn tail, unless something good stands behind it.
Result<JournalChain> read_journals(const Engine& engine, JournalId id, CutId cut_next) {
  JournalChain chain;
  for (bool first = true;; first = false) {
    std::string path = engine.paths.journal(id.number);
    LEAT_ASSIGN_OR_RETURN(bool there, engine.options.fs.exists(path));
    if (!there && first) return damaged(path, "the checkpoint names it, but it is missing");
    if (!there) return chain;
    LEAT_ASSIGN_OR_RETURN(auto bytes, read_file(engine.options.fs, path, kJournalBytesMax));
    chain.files.push_back(std::move(bytes));
    JournalScan scan = scan_journal(chain.files.back(), id);
    if (scan.is_other_version) {
      return Error::permanent(path +
                              " is of an unknown format version; open the log with the Leat that "
                              "wrote it, or a newer one");
    }
    if (scan.good_record_behind) {
      return damaged(path, "a record does not verify, but one behind it does");
    }
    if (!scan.header_ok && first) return damaged(path, "its header does not verify");
    if (!scan.header_ok) return chain;
    if (scan.cut_first != cut_next) return damaged(path, "cuts are missing before it");
    chain.payloads.insert(chain.payloads.end(), scan.payloads.begin(), scan.payloads.end());
    cut_next = cut_next.plus(scan.payloads.size());
    id = scan.next;
  }
}

Result<uint64_t> highest_journal_number(const Engine& engine) {
  LEAT_ASSIGN_OR_RETURN(auto names, engine.options.fs.list_dir(engine.paths.journal_dir()));
  uint64_t highest = 0;
  for (const std::string& name : names) {
    highest = std::max(highest, number_of_name(name, kJournalSuffix).value_or(0));
  }
  return highest;
}

// Everything in ENGINE and STATE, durable, with an empty journal behind it.
Result<Recovered> settle(Engine& engine, std::shared_ptr<const LogState> state, uint64_t number,
                         uint64_t journal_bytes) {
  LEAT_RETURN_IF_ERROR(engine.segments.sync_all());
  LEAT_ASSIGN_OR_RETURN(
      auto journal,
      engine.journals.start_small({number, random_salt()}, state->cut.next(), journal_bytes));
  LEAT_RETURN_IF_ERROR(engine.journals.sync(*journal));
  engine.generation_ids.note_reserved(engine.generation_ids.wanted());
  std::string encoded = encode_checkpoint(make_checkpoint(engine, state, journal->id()));
  LEAT_RETURN_IF_ERROR(write_checkpoint(engine.options.fs, engine.paths, encoded).status);
  LEAT_RETURN_IF_ERROR(engine.journals.release_below(journal->id().number));
  LEAT_RETURN_IF_ERROR(remove_strays(engine, *state));
  return Recovered{std::move(state), std::move(journal)};
}

// A full disk is no reason not to open: a journal file that nothing needs any more is used again,
// and where there is no room for the rest either, the next attempt has half of what the one before
// reserved for its journal.
Result<Recovered> settle(Engine& engine, std::shared_ptr<const LogState> state,
                         uint64_t journals_needed_from) {
  LEAT_ASSIGN_OR_RETURN(uint64_t highest, highest_journal_number(engine));
  LEAT_RETURN_IF_ERROR(engine.journals.release_below(journals_needed_from));
  uint64_t bytes = engine.options.journal_bytes;
  while (true) {
    auto settled = settle(engine, state, highest + 1, bytes);
    bool is_full = !settled.ok() && settled.error().is_transient();
    if (!is_full || bytes / 2 < kJournalBytesMin) return settled;
    bytes /= 2;
  }
}

// Nothing was ever committed where there is no checkpoint, and segments are written by commits
// only.
Status check_is_new(const Engine& engine) {
  LEAT_ASSIGN_OR_RETURN(auto generations, engine.options.fs.list_dir(engine.paths.segments_dir()));
  if (generations.empty()) return Ok{};
  return Error::permanent(engine.paths.checkpoint() + " is missing, but " +
                          engine.paths.segments_dir() +
                          " holds data: restore the data directory from a backup, or start with an "
                          "empty one");
}

Status make_directories(Engine& engine) {
  Fs& fs = engine.options.fs;
  LEAT_RETURN_IF_ERROR(fs.create_dirs(engine.paths.journal_dir()));
  LEAT_RETURN_IF_ERROR(fs.create_dirs(engine.paths.segments_dir()));
  return fs.sync_dir(engine.paths.dir());
}

Status restore(Engine& engine, const Checkpoint& checkpoint) {
  engine.generation_ids.restore(checkpoint.generations_reserved);
  engine.reader_floors.restore(checkpoint.reader_floors);
  for (const StoredSchema& schema : checkpoint.schemas) {
    LEAT_RETURN_IF_ERROR(engine.schemas.restore(schema));
  }
  for (const PartitionSegments& each : checkpoint.partitions) {
    auto partition = engine.partitions.add(each.partition, each.topic);
    partition->restore(each.segments, each.end);
    if (!each.damage.empty()) partition->quarantine(each.damage);
  }
  return Ok{};
}

}  // namespace

Result<Recovered> recover(Engine& engine) {
  LEAT_RETURN_IF_ERROR(make_directories(engine));
  LEAT_ASSIGN_OR_RETURN(bool exists, engine.options.fs.exists(engine.paths.checkpoint()));
  if (!exists) {
    LEAT_RETURN_IF_ERROR(check_is_new(engine));
    engine.generation_ids.restore(GenerationId(1));
    auto fresh = std::make_shared<LogState>();
    fresh->incarnation = random_salt();
    return settle(engine, std::move(fresh), 0);
  }
  LEAT_ASSIGN_OR_RETURN(auto checkpoint, read_checkpoint(engine.options.fs, engine.paths));
  LEAT_RETURN_IF_ERROR(restore(engine, checkpoint));
  LEAT_ASSIGN_OR_RETURN(auto chain,
                        read_journals(engine, checkpoint.journal, checkpoint.state->cut.next()));
  CutReplay replay(engine, checkpoint.state);
  LEAT_RETURN_IF_ERROR(replay.redo(chain.payloads));
  LEAT_ASSIGN_OR_RETURN(auto state, check_segments(engine, replay.state()));
  return settle(engine, std::move(state), checkpoint.journal.number);
}

}  // namespace leat::log
