// Any bytes are binlog events or an error, down to the values of their rows. The input is a binlog
// file, with or without its first four bytes; checksums do not count.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "cdc/mysql/binlog/compression.h"
#include "cdc/mysql/binlog/event_decoder.h"
#include "cdc/mysql/binlog/fragment_joiner.h"
#include "cdc/mysql/binlog/gtid_set.h"
#include "cdc/mysql/binlog/json_diff.h"
#include "cdc/mysql/binlog/rows_event.h"
#include "cdc/mysql/binlog/table_map.h"
#include "cdc/mysql/binlog/value_decoder.h"
#include "log/base/bytes.h"
#include "log/model/row.h"

namespace {

using namespace leat;              // NOLINT
using namespace leat::cdc::mysql;  // NOLINT

struct Table {
  TableMap map;
  std::vector<std::unique_ptr<ValueDecoder>> decoders;
};

class Reader {
 public:
  void event(std::string_view bytes, int depth) {
    auto decoded = decoder_.decode_unchecked(bytes);
    if (!decoded.ok()) return;
    if (const auto* map = std::get_if<TableMapEvent>(&decoded->body)) table_map(*map);
    if (const auto* rows = std::get_if<RowsEvent>(&decoded->body)) all_rows(*rows);
    if (const auto* set = std::get_if<PreviousGtids>(&decoded->body)) gtids(set->set);
    if (depth > 1) return;
    if (const auto* payload = std::get_if<TransactionPayload>(&decoded->body)) {
      PayloadReader reader(*payload);
      for (auto next = reader.next(); next.ok() && !next->empty(); next = reader.next()) {
        event(std::string(*next), depth + 1);
      }
    }
    if (const auto* fragment = std::get_if<RowsFragment>(&decoded->body)) {
      auto joined = joiner_.add(*fragment);
      if (joined.ok() && *joined) event(std::string(**joined), depth + 1);
    }
  }

 private:
  void table_map(const TableMapEvent& event) {
    auto map = parse_table_map(event.bytes);
    if (!map.ok()) return;
    Table table{std::move(*map), {}};
    for (const TableColumn& column : table.map.columns) {
      auto decoder = make_value_decoder(column);
      table.decoders.push_back(decoder.ok() ? std::move(*decoder) : nullptr);
    }
    tables_[event.table.value()] = std::move(table);
  }

  void all_rows(const RowsEvent& rows) {
    auto found = tables_.find(rows.table.value());
    if (found == tables_.end() || !reader_.begin(&found->second.map, rows).ok()) return;
    for (auto next = reader_.next(); next.ok() && *next; next = reader_.next()) {
      image(found->second, reader_.before());
      image(found->second, reader_.after());
    }
  }

  static void image(Table& table, const RowImage& fields) {
    Arena arena;
    for (size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].state == FieldState::json_diff) {
        (void)apply_json_diffs(R"({"a": [1, {"b": null}], "cc": "text"})", fields[i].bytes);
      }
      if (fields[i].state != FieldState::value || table.decoders[i] == nullptr) continue;
      auto value = table.decoders[i]->decode(fields[i].bytes, arena);
      if (value.ok()) stored(table.decoders[i]->type(), *value);
    }
  }

  // What was decoded is a value that a row can hold.
  static void stored(Type type, const Datum& value) {
    RowType row_type{type};
    std::string row;
    append_row(row_type, {&value, 1}, &row);
    Datum again;
    if (!decode_row(row_type, row, {&again, 1}).ok()) __builtin_trap();
  }

  static void gtids(std::string_view bytes) {
    auto set = GtidSet::decode(bytes);
    if (set.ok()) (void)set->to_text();
  }

  EventDecoder decoder_{ChecksumKind::none};
  RowsReader reader_;
  FragmentJoiner joiner_;
  std::map<uint64_t, Table> tables_;
};

// EVENT of the right size for what it says, without the last CUT bytes.
std::string sized(std::string_view event, size_t cut) {
  std::string out(event.substr(0, event.size() - cut));
  store_le(out.data() + 9, static_cast<uint32_t>(out.size()));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  if (rest.size() >= 4 && rest.substr(1, 3) == "bin") rest.remove_prefix(4);
  Reader reader;
  while (rest.size() >= EventHeader::kBytes) {
    size_t event_size = decode_event_header(rest).size;
    event_size = std::min(std::max(event_size, EventHeader::kBytes), rest.size());
    std::string_view event = rest.substr(0, event_size);
    reader.event(sized(event, 0), 0);
    if (event_size >= EventHeader::kBytes + 4) reader.event(sized(event, 4), 0);
    rest.remove_prefix(event_size);
  }
  return 0;
}
