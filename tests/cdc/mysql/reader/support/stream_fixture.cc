#include "tests/cdc/mysql/reader/support/stream_fixture.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "log/base/bytes.h"
#include "log/model/change.h"
#include "log/model/row.h"
#include "log/model/text_format.h"
#include "tests/cdc/open_assembler.h"
#include "tests/support/source_root.h"

namespace leat::cdc::mysql::test {
namespace {

std::string describe(std::string_view position) {
  return std::string(position.substr(std::min<size_t>(8, position.size())));
}

CapturedTable captured(const TableMap& map, bool keeps_rows) {
  CapturedTable table;
  table.name = map.schema + "." + map.name;
  table.topic = "source." + table.name;
  for (const TableColumn& column : map.columns) {
    auto decoder = make_value_decoder(column);
    REQUIRE(decoder.ok());
    table.schema.columns.push_back({column.name, (*decoder)->type()});
  }
  for (const KeyPart& part : map.primary_key) {
    table.schema.key_columns.push_back(static_cast<int>(part.column));
  }
  table.row_type = table.schema.row_type();
  table.needs_row_store = keeps_rows;
  return table;
}

// As a server begins its stream.
std::string rotation(const std::string& file, uint64_t offset) {
  constexpr uint16_t kArtificial = 0x20;
  std::string out;
  append_le<uint32_t>(&out, 0);  // the time
  out.push_back(static_cast<char>(EventType::rotate));
  append_le<uint32_t>(&out, 1);  // the server
  append_le<uint32_t>(&out, static_cast<uint32_t>(EventHeader::kBytes + 8 + file.size()));
  append_le<uint32_t>(&out, 0);  // in no file
  append_le(&out, kArtificial);
  append_le(&out, offset);
  return out + file;
}

uint32_t crc32_of(std::string_view bytes) {
  uint32_t crc = ~0u;
  for (char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320u : 0u);
  }
  return ~crc;
}

leat::test::BinlogReplay replayed(const std::string& file) {
  leat::test::BinlogReplay replay;
  Status status = replay.run(file);
  if (!status.ok()) FAIL(status.error().message());
  return replay;
}

std::string row_text(const CapturedTable& table, std::string_view bytes) {
  std::vector<Datum> values(table.row_type.size());
  REQUIRE(decode_row(table.row_type, bytes, values).ok());
  std::string out;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += '|';
    if (values[i].is_null())
      out += "NULL";
    else
      append_text(table.row_type[i].id, values[i], &out);
  }
  return out;
}

}  // namespace

std::string fixture_file(const std::string& name) {
  std::ifstream in(leat::test::source_root() / "tests/cdc/mysql/fixtures" / name, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  REQUIRE_FALSE(out.str().empty());
  return out.str();
}

std::vector<std::string> events_of(const std::string& file) {
  std::vector<std::string> out = {rotation("binlog.000001", 4)};
  leat::test::BinlogReplay replay = replayed(file);
  for (const auto& event : replay.events()) {
    if (!event.in_payload) out.push_back(event.bytes);
  }
  return out;
}

std::string expected_tables(const std::string& name) {
  std::string all = fixture_file(name);
  return all.substr(all.find("table "));
}

Catalog catalog_of(const std::string& file, bool keeps_rows) {
  Catalog out;
  std::map<std::string, TableMap> maps;
  leat::test::BinlogReplay replay = replayed(file);
  for (const auto& event : replay.events()) {
    if (event.header.type != EventType::table_map) continue;
    EventDecoder decoder(ChecksumKind::none);
    std::string bytes = event.bytes;
    auto decoded = decoder.decode_unchecked(bytes);
    REQUIRE(decoded.ok());
    // A checksum that stands behind it is no part of its metadata.
    auto body = std::get<TableMapEvent>(decoded->body).bytes;
    auto map = parse_table_map(body);
    if (!map.ok()) map = parse_table_map(body.substr(0, body.size() - 4));
    REQUIRE(map.ok());
    maps.emplace(map->schema + "." + map->name, *map);
  }
  for (const auto& [name, map] : maps) {
    CapturedTable table = captured(map, keeps_rows);
    TableForm form;
    form.columns.resize(table.schema.columns.size());
    form.null_by_default.assign(table.schema.columns.size(), true);
    out.forms.push_back(form);
    table.generation = GenerationId(out.tables.size() + 1);
    table.schema_id = SchemaId(static_cast<uint32_t>(out.tables.size() + 1));
    out.tables.add(std::move(table));
  }
  return out;
}

std::string query_event(const std::string& statement) {
  std::string body;
  append_le<uint32_t>(&body, 5);  // the thread
  append_le<uint32_t>(&body, 0);  // its duration
  body.push_back(0);              // the database's name
  append_le<uint16_t>(&body, 0);  // the error
  append_le<uint16_t>(&body, 0);  // variables
  body += '\0' + statement;
  std::string out;
  append_le<uint32_t>(&out, 1'700'000'000);
  out.push_back(static_cast<char>(EventType::query));
  append_le<uint32_t>(&out, 1);  // the server
  append_le<uint32_t>(&out, static_cast<uint32_t>(EventHeader::kBytes + body.size() + 4));
  append_le<uint32_t>(&out, 100'000);  // where it ends
  append_le<uint16_t>(&out, 0);
  out += body;
  append_le(&out, crc32_of(out));
  return out;
}

StreamFixture::StreamFixture(Catalog catalog, StreamPosition position, PieceBytes piece_bytes)
    : catalog_(std::move(catalog)),
      assembler_(cdc::test::open_assembler(dir_)),
      reader_(&catalog_.tables, &catalog_.forms, &assembler_, std::move(position), piece_bytes),
      ingestor_("source", &log_, &catalog_.tables, &rows_, &describe) {
  connect();
}

void StreamFixture::connect() {
  reader_.connected(ChecksumKind::none, "1");
  sent_before_ = reader_.position().start().mariadb_gtids;
}

// MariaDB sends nothing of the transactions before the place that is asked for.
bool StreamFixture::is_sent(const std::string& event) {
  ByteReader in(event);
  in.le<uint32_t>();  // the time
  auto type = static_cast<EventType>(in.u8());
  if (type == EventType::mariadb_gtid) {
    MariadbGtidId id;
    id.server_id = in.le<uint32_t>();
    in.bytes(EventHeader::kBytes - 9);
    id.sequence = in.le<uint64_t>();
    id.domain = in.le<uint32_t>();
    in_sent_group_ = sent_before_.contains(id);
  }
  bool of_a_file = type == EventType::rotate || type == EventType::format_description;
  return of_a_file || !in_sent_group_;
}

Status StreamFixture::read(const std::vector<std::string>& events) {
  for (const std::string& event : events) LEAT_RETURN_IF_ERROR(read_one(event));
  return Ok();
}

void StreamFixture::reconnect() {
  ingestor_.abandon_pieces();
  connect();
}

Status StreamFixture::take_piece() {
  auto piece = reader_.take_piece();
  if (!piece && !reader_.in_transaction()) ingestor_.abandon_pieces();
  if (!piece) return Ok();
  ++pieces_;
  CommitInfo info;
  info.transaction = TransactionId(piece->number);
  info.commit_time_us = piece->commit_time_us;
  info.commit_position = piece->id;
  return ingestor_.ingest_piece(piece->transaction, info);
}

Status StreamFixture::read_one(const std::string& event) {
  if (!is_sent(event)) return Ok();
  LEAT_ASSIGN_OR_RETURN(auto committed, reader_.on_event(event));
  if (!committed) return take_piece();
  if (committed->voids_pieces) ingestor_.abandon_pieces();
  ids_.push_back(committed->id);
  times_.push_back(committed->commit_time_us);
  std::string position = encode_stream_position(reader_.position());
  CommitInfo info;
  info.transaction = TransactionId(committed->number);
  info.commit_time_us = committed->commit_time_us;
  info.commit_position = committed->id;
  info.source_position = position;
  LEAT_RETURN_IF_ERROR(ingestor_.ingest(committed->transaction, info));
  return ingestor_.submit();
}

StreamPosition StreamFixture::stored_position() const {
  for (auto unit = log_.units.rbegin(); unit != log_.units.rend(); ++unit) {
    if (!unit->position) continue;
    auto decoded = decode_stream_position(unit->position->position);
    REQUIRE(decoded.ok());
    return *decoded;
  }
  return {};
}

size_t StreamFixture::record_count() const {
  size_t count = 0;
  for (const auto& unit : log_.units) {
    for (const auto& append : unit.appends) {
      append.records.for_each([&](const log::RecordView&) { ++count; });
    }
  }
  return count;
}

std::string StreamFixture::tables_text() const {
  std::string out;
  for (const CapturedTable& table : catalog_.tables) out += table_text(table);
  return out;
}

std::string StreamFixture::table_text(const CapturedTable& table) const {
  std::map<std::string, std::string> rows;
  for (const auto& unit : log_.units) {
    for (const auto& record : cdc::test::FakeLog::records(unit, table.generation)) {
      rows.erase(record.key);
      if (!record.value) continue;
      auto image = decode_change_value(*record.value);
      REQUIRE(image.ok());
      rows[record.key] = row_text(table, image->row);
    }
  }
  std::vector<std::string> lines;
  for (const auto& [key, row] : rows) lines.push_back(row);
  std::sort(lines.begin(), lines.end());
  std::string out = "table " + table.name + "\n";
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

std::string StreamFixture::stopped_reason(const std::string& name) const {
  for (const CapturedTable& table : catalog_.tables) {
    if (table.name == name) return table.stopped_reason.value_or("");
  }
  return "no such table";
}

}  // namespace leat::cdc::mysql::test
