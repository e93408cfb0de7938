// A QueryService without SQL behind it: it knows a few sentences over one relation
// t(id integer, name text, ok boolean, ratio double precision) that the test fills.
#pragma once

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "log/base/arena.h"
#include "log/model/row.h"
#include "log/model/text_format.h"
#include "views/serve/query_service.h"

namespace leat::test {

inline const RowType kTestRow = {
    {TypeId::int32}, {TypeId::text}, {TypeId::boolean}, {TypeId::float64}};

struct TestRow {
  int32_t id;
  std::string name;
  bool ok;
  double ratio;
};

class FakeSnapshot final : public views::ReadSnapshot {
 public:
  // ENDLESS: the rows come again and again.
  FakeSnapshot(CutId cut, std::vector<std::string> rows, bool endless)
      : cut_(cut), rows_(std::move(rows)), endless_(endless) {}
  CutId cut() const override { return cut_; }
  Status scan(std::string_view, std::string_view,
              const std::function<bool(std::string_view)>& row) const override {
    do {
      for (const std::string& bytes : rows_) {
        if (!row(bytes)) return Ok{};
      }
    } while (endless_);
    return Ok{};
  }

 private:
  CutId cut_;
  std::vector<std::string> rows_;
  bool endless_;
};

// "SELECT * FROM t" and "SELECT * FROM t WHERE id = $1".
class FakeQuery final : public views::serve::BoundQuery {
 public:
  explicit FakeQuery(std::optional<int64_t> id) : id_(id) {}
  const std::vector<views::sql::OutputColumn>& columns() const override { return columns_; }
  views::sql::SqlResult<void> run(const views::ReadSnapshot& snapshot,
                                  const views::serve::RowCallback& row) const override {
    Status scanned = snapshot.scan("t", "", [&](std::string_view bytes) {
      Datum values[4];
      Status decoded = decode_row(kTestRow, bytes, values);
      if (!decoded.ok() || (id_ && values[0].integer() != *id_)) return decoded.ok();
      return row(values);
    });
    if (!scanned.ok()) {
      return views::sql::SqlError{scanned.error().message(), "XX000", "", -1};
    }
    return Ok{};
  }

 private:
  std::optional<int64_t> id_;
  std::vector<views::sql::OutputColumn> columns_ = {{"id", {TypeId::int32}},
                                                    {"name", {TypeId::text}},
                                                    {"ok", {TypeId::boolean}},
                                                    {"ratio", {TypeId::float64}}};
};

class FakeService final : public views::serve::QueryService {
 public:
  void add(const TestRow& row) {
    Datum values[] = {Datum::of_int(row.id), Datum::of_bytes(row.name), Datum::of_bool(row.ok),
                      Datum::of_float(row.ratio)};
    rows_.emplace_back();
    append_row(kTestRow, values, &rows_.back());
  }
  void set_cut(uint64_t cut) { cut_ = cut; }
  bool endless = false;  // its relation has no last row
  // Called before a query's first row.
  std::function<void()> before_rows;

  Result<std::shared_ptr<const views::ReadSnapshot>> snapshot() const override {
    if (cut_ == 0) return Error::transient("the log's tail is being applied");
    if (before_rows) before_rows();
    return std::shared_ptr<const views::ReadSnapshot>(
        std::make_shared<FakeSnapshot>(CutId(cut_), rows_, endless));
  }

  views::sql::SqlResult<views::serve::StatementShape> describe(
      std::string_view text, const std::vector<uint32_t>& declared) const override {
    LEAT_RETURN_IF_ERROR(check(text));
    views::serve::StatementShape shape;
    if (text.find("$1") != text.npos) {
      TypeId id = TypeId::int32;
      if (!declared.empty() && declared[0] != 0) LEAT_CHECK(type_of_postgres_oid(declared[0], &id));
      shape.parameter_types.push_back({id});
    }
    shape.columns = FakeQuery(std::nullopt).columns();
    return shape;
  }

  views::sql::SqlResult<std::unique_ptr<views::serve::BoundQuery>> bind(
      std::string_view text, const std::vector<uint32_t>&,
      const std::vector<views::sql::Parameter>& parameters) const override {
    LEAT_RETURN_IF_ERROR(check(text));
    std::optional<int64_t> id;
    if (!parameters.empty()) {
      Arena arena;
      auto parsed = parse_value(TypeId::int32, parameters[0].value_or("0"), arena);
      if (!parsed.ok()) {
        return views::sql::SqlError{parsed.error().message, parsed.error().sqlstate, "", -1};
      }
      id = parsed->integer();
    }
    return std::unique_ptr<views::serve::BoundQuery>(std::make_unique<FakeQuery>(id));
  }

  std::vector<views::ViewStatus> views() const override {
    views::ViewStatus live;
    live.name = "t";
    live.state = views::ViewState::live;
    live.rows = rows_.size();
    live.cut = CutId(cut_);
    live.behind_ms = 3;
    views::ViewStatus building;
    building.name = "top";
    building.build = views::BuildProgress{41, 100, 0, 0};
    return {live, building};
  }

 private:
  static views::sql::SqlResult<void> check(std::string_view text) {
    size_t at = text.find("FROM ");
    if (at != text.npos && text.substr(at + 5, 1) == "t") return Ok{};
    int offset = at == text.npos ? 0 : static_cast<int>(at + 5);
    return views::sql::SqlError{"relation does not exist", "42P01", "did you mean t?", offset};
  }

  uint64_t cut_ = 7;
  std::vector<std::string> rows_;
};

}  // namespace leat::test
