#include "tests/support/unit_parts.h"

#include <deque>

namespace leat::test {

using namespace leat::log;

namespace {

// The edits come first. Junk goes to where UNIT appends, and the part behind it voids it.
std::deque<CommitUnit> parts_of(const CommitUnit& unit, Random& random) {
  std::deque<CommitUnit> parts(1);
  parts.back().edits = unit.edits;
  bool with_junk = random.one_in(3);
  for (const PartitionAppend& append : unit.appends) {
    if (!with_junk) break;
    PartitionAppend junk{append.partition, {}};
    junk.records.add(1, "junk", std::string(random.below(3000), 'j'), "before");
    parts.back().appends.push_back(std::move(junk));
  }
  if (with_junk) parts.emplace_back();
  for (const PartitionAppend& append : unit.appends) {
    if (with_junk) parts.back().voids.push_back(append.partition.generation);
  }
  for (const PartitionAppend& append : unit.appends) {
    append.records.for_each([&](const RecordView& record) {
      if (random.one_in(2)) parts.emplace_back();
      PartitionAppend one{append.partition, {}};
      one.records.add(record.timestamp_ms, record.key, record.value, record.change_header);
      parts.back().appends.push_back(std::move(one));
    });
  }
  parts.back().position = unit.position;
  return parts;
}

}  // namespace

Result<Ticket> submit_in_parts(ChangeLog& log, const CommitUnit& unit, Random& random) {
  LEAT_ASSIGN_OR_RETURN(auto writer, log.open_unit());
  std::deque<CommitUnit> parts = parts_of(unit, random);
  for (; parts.size() > 1; parts.pop_front()) {
    LEAT_RETURN_IF_ERROR(writer->add(std::move(parts.front())));
  }
  return writer->commit(std::move(parts.front()));
}

Status abandon_in_parts(ChangeLog& log, const CommitUnit& unit, Random& random) {
  LEAT_ASSIGN_OR_RETURN(auto writer, log.open_unit());
  std::deque<CommitUnit> parts = parts_of(unit, random);
  for (size_t left = random.below(parts.size() + 1); left > 0; --left) {
    LEAT_RETURN_IF_ERROR(writer->add(std::move(parts.front())));
    parts.pop_front();
  }
  return Ok();
}

}  // namespace leat::test
