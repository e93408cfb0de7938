#include "tests/cdc/mysql/support/binlog_replay.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "cdc/mysql/binlog/compression.h"
#include "cdc/mysql/binlog/gtid_set.h"
#include "cdc/mysql/binlog/json_diff.h"
#include "log/base/arena.h"
#include "log/model/text_format.h"

namespace leat::test {
namespace {

using namespace cdc::mysql;  // NOLINT: what is tested here

constexpr std::string_view kMagic =
    "\xFE"
    "bin";

// Every column that IMAGE holds has the value that ROW has.
bool matches(const ReplayedRow& row, const ReplayedRow& values, const RowImage& image) {
  for (size_t i = 0; i < image.size(); ++i) {
    if (image[i].state != FieldState::absent && row[i] != values[i]) return false;
  }
  return true;
}

}  // namespace

Status BinlogReplay::run(std::string_view file) {
  if (file.substr(0, kMagic.size()) != kMagic) return Error::permanent("this is no binlog file");
  uint64_t position = kMagic.size();
  while (position < file.size()) {
    std::string_view rest = file.substr(position);
    if (rest.size() < EventHeader::kBytes) return Error::permanent("the file ends in a header");
    size_t size = decode_event_header(rest).size;
    Status status = replay(position, rest.substr(0, size), false);
    if (!status.ok()) return status.error().in(fmt::format("at {}", position));
    position += size;
  }
  return Ok();
}

Status BinlogReplay::replay(uint64_t position, std::string_view bytes, bool in_payload) {
  auto event = in_payload ? decoder_.decode_unchecked(bytes) : decoder_.decode(bytes);
  if (!event.ok()) return event.error();
  events_.push_back({position, event->header, std::string(bytes), in_payload});
  ++counts_[event->header.type];
  return apply(*event);
}

Status BinlogReplay::apply(const Event& event) {
  if (const auto* map = std::get_if<TableMapEvent>(&event.body)) return apply_table_map(*map);
  if (const auto* rows = std::get_if<RowsEvent>(&event.body)) return apply_rows(*rows);
  if (const auto* payload = std::get_if<TransactionPayload>(&event.body)) {
    return apply_payload(*payload);
  }
  if (const auto* query = std::get_if<Query>(&event.body)) queries_.emplace_back(query->text);
  if (const auto* gtid = std::get_if<GtidEvent>(&event.body)) {
    GtidSet one;
    one.add({gtid->source, std::string(gtid->tag)}, gtid->number);
    gtids_.push_back(gtid->anonymous ? "" : one.to_text());
  }
  if (const auto* gtid = std::get_if<MariadbGtid>(&event.body)) {
    gtids_.push_back(fmt::format("{}-{}-{}", gtid->domain, event.header.server_id, gtid->sequence));
  }
  return Ok();
}

Status BinlogReplay::apply_payload(const TransactionPayload& payload) {
  PayloadReader reader(payload);
  uint64_t position = events_.back().position + events_.back().bytes.size();
  for (;;) {
    LEAT_ASSIGN_OR_RETURN(std::string_view bytes, reader.next());
    if (bytes.empty()) return Ok();
    LEAT_RETURN_IF_ERROR(replay(position, bytes, true));
  }
}

Status BinlogReplay::apply_table_map(const TableMapEvent& event) {
  LEAT_ASSIGN_OR_RETURN(TableMap map, parse_table_map(event.bytes));
  Mapped mapped;
  mapped.name = map.schema + "." + map.name;
  ReplayedTable& table = tables_[mapped.name];
  table.columns.clear();
  for (const TableColumn& column : map.columns) {
    auto decoder = make_value_decoder(column, options_[mapped.name + "." + column.name]);
    if (!decoder.ok()) return decoder.error().in(mapped.name + "." + column.name);
    mapped.decoders.push_back(std::move(*decoder));
    table.columns.push_back(column.name);
  }
  mapped.map = std::move(map);
  mapped_[event.table.value()] = std::move(mapped);
  return Ok();
}

Status BinlogReplay::apply_rows(const RowsEvent& event) {
  auto found = mapped_.find(event.table.value());
  if (found == mapped_.end()) return Error::permanent("rows without a TABLE_MAP");
  LEAT_RETURN_IF_ERROR(reader_.begin(&found->second.map, event));
  for (;;) {
    LEAT_ASSIGN_OR_RETURN(bool more, reader_.next());
    if (!more) return Ok();
    LEAT_RETURN_IF_ERROR(apply_row(found->second, event, reader_));
  }
}

Status BinlogReplay::apply_row(Mapped& table, const RowsEvent& event, const RowsReader& reader) {
  std::vector<ReplayedRow>& rows = tables_[table.name].rows;
  if (event.kind == RowsKind::insert) {
    LEAT_ASSIGN_OR_RETURN(ReplayedRow row, decode(table, reader.after(), nullptr));
    rows.push_back(std::move(row));
    return Ok();
  }
  LEAT_ASSIGN_OR_RETURN(ReplayedRow before, decode(table, reader.before(), nullptr));
  auto found = std::find_if(rows.begin(), rows.end(), [&](const ReplayedRow& row) {
    return matches(row, before, reader.before());
  });
  if (found == rows.end()) return Error::permanent(table.name + " does not hold the row before");
  if (event.kind == RowsKind::remove) {
    rows.erase(found);
    return Ok();
  }
  LEAT_ASSIGN_OR_RETURN(*found, decode(table, reader.after(), &*found));
  return Ok();
}

// The columns that IMAGE does not hold are those of BEFORE, null where there is none.
Result<ReplayedRow> BinlogReplay::decode(Mapped& table, const RowImage& image,
                                         const ReplayedRow* before) {
  ReplayedRow out = before != nullptr ? *before : ReplayedRow(image.size());
  Arena arena;
  for (size_t i = 0; i < image.size(); ++i) {
    if (image[i].state == FieldState::absent) continue;
    if (image[i].state == FieldState::null) {
      out[i].reset();
    } else if (image[i].state == FieldState::json_diff) {
      LEAT_ASSIGN_OR_RETURN(out[i], apply_json_diffs(out[i].value_or(""), image[i].bytes));
    } else {
      auto value = table.decoders[i]->decode(image[i].bytes, arena);
      if (!value.ok()) return value.error().in(table.name + "." + table.map.columns[i].name);
      append_text(table.decoders[i]->type().id, *value, &out[i].emplace());
    }
  }
  return out;
}

}  // namespace leat::test
