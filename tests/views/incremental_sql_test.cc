// Views kept current by deltas against the same plans evaluated from scratch, and the promise of
// joins/plan.h that a plan's unique key tells its rows apart.
#include <catch2/catch.hpp>
#include <set>

#include "joins/dataflow.h"
#include "joins/state_unit.h"
#include "tests/support/memory_relations.h"
#include "tests/support/random.h"
#include "views/query_source.h"
#include "views/sql/sql.h"

using namespace leat;

namespace {

constexpr size_t kBytesMax = 64 << 20;

const char* const kViews[] = {
    "SELECT * FROM a",
    "SELECT n FROM a WHERE n > 2",
    "SELECT a.id, b.t FROM a JOIN b ON a.b_id = b.id",
    "SELECT b.t FROM b JOIN a ON a.b_id = b.id",
    "SELECT a.n FROM a LEFT JOIN b ON a.b_id = b.id WHERE b.n IS NULL OR b.n > 1",
    "SELECT b.t, a.n FROM b LEFT JOIN a ON a.b_id = b.id",
    "SELECT b.t, a.n FROM b LEFT JOIN a ON a.b_id = b.id AND a.n > 1 AND b.n < 3",
    "SELECT x.n FROM a x JOIN a y ON x.n = y.n",
    "SELECT x.n, y.n AS m FROM a x LEFT JOIN a y ON x.b_id = y.n",
    "SELECT x.n, c.k FROM a x JOIN c ON c.k = x.n",
    "SELECT c.v, b.t FROM c LEFT JOIN b ON c.k = b.id LEFT JOIN a ON a.b_id = b.id",
    "SELECT c.v, q.t FROM c LEFT JOIN (SELECT b.t, a.n FROM b JOIN a ON a.b_id = b.id) q ON q.n = "
    "c.k",
    "SELECT count(*) AS n, sum(n) AS s, min(n) AS lo, max(n) AS hi, avg(n) AS mean FROM a",
    "SELECT b_id, count(*) AS c, sum(n) AS s, min(n) AS lo, count(n) AS k FROM a GROUP BY b_id",
    "SELECT b_id % 2 AS odd, max(n) AS hi FROM a GROUP BY b_id % 2 HAVING count(*) > 1",
    "SELECT b.id, b.t, count(a.id) AS c FROM b LEFT JOIN a ON a.b_id = b.id GROUP BY b.id",
    "SELECT b.t, count(*) AS c FROM b LEFT JOIN a ON a.b_id = b.id GROUP BY b.t",
    "SELECT DISTINCT n FROM a",
    "SELECT DISTINCT b.t, a.n FROM a JOIN b ON a.b_id = b.id",
    "SELECT q.c, count(*) AS n FROM (SELECT b_id, count(*) AS c FROM a GROUP BY b_id) q GROUP BY "
    "q.c",
    "SELECT b.t, q.c FROM b LEFT JOIN (SELECT b_id, count(*) AS c FROM a GROUP BY b_id) q ON "
    "q.b_id = b.id",
    "SELECT q.c, a.id FROM (SELECT count(*) AS c FROM b) q JOIN a ON a.n = q.c",
    "SELECT x.v, y.v AS w FROM c x JOIN c y ON x.k = y.k AND x.v < y.v",
};

test::MemoryRelations tables() {
  test::MemoryRelations relations;
  const Type int32{TypeId::int32}, text{TypeId::text};
  relations.add(views::RelationKind::table_topic, "s.a",
                {{"id", int32, false}, {"b_id", int32, true}, {"n", int32, true}}, {0});
  relations.add(views::RelationKind::table_topic, "s.b",
                {{"id", int32, false}, {"t", text, true}, {"n", int32, true}}, {0});
  relations.add(views::RelationKind::table_topic, "s.c",
                {{"k", int32, false}, {"v", int32, false}, {"note", text, true}}, {0, 1});
  return relations;
}

std::optional<std::string> small_number(test::Random& random) {
  if (random.one_in(6)) return std::nullopt;
  return std::to_string(random.below(6));
}

test::MemoryRelations::Row random_row(const std::string& table, test::Random& random) {
  if (table == "s.a")
    return {std::to_string(random.below(12)), small_number(random), small_number(random)};
  if (table == "s.b") {
    std::string text(1, static_cast<char>('p' + random.below(3)));
    return {std::to_string(random.below(6)), text, small_number(random)};
  }
  return {std::to_string(random.below(4)), std::to_string(random.below(4)), "x"};
}

// A view's rows as the maintainer keeps them: by unique key.
class MaintainedView {
 public:
  explicit MaintainedView(joins::PlanPtr plan) : plan_(std::move(plan)) {
    auto dataflow = joins::Dataflow::create("view", *plan_, *state_, true);
    REQUIRE(dataflow.ok());
    dataflow_ = std::move(dataflow).value();
  }

  void change(const std::string& table, const std::string& row, int diff) {
    for (const std::string& topic : dataflow_->topics())
      if (topic == table) dataflow_->add_input(table, row, diff);
  }

  void step() {
    auto output = dataflow_->step();
    REQUIRE(output.ok());
    REQUIRE(output->errors.empty());
    for (const joins::Delta& delta : output->rows.deltas())
      if (delta.diff < 0) REQUIRE(rows_.erase(key(delta.row)) == 1);
    for (const joins::Delta& delta : output->rows.deltas())
      if (delta.diff > 0) REQUIRE(rows_.emplace(key(delta.row), delta.row).second);
  }

  std::multiset<std::string> rows() const {
    std::multiset<std::string> rows;
    for (const auto& [key_bytes, row] : rows_) rows.insert(row);
    return rows;
  }

  std::multiset<std::string> recomputed(const test::MemoryRelations& relations) const {
    std::multiset<std::string> rows;
    auto add = [&](std::span<const Datum> values) {
      std::string row;
      append_row(plan_->row_type, values, &row);
      rows.insert(std::move(row));
      return true;
    };
    auto status = views::can_stream(*plan_)
                      ? views::stream_rows(*plan_, relations, add)
                      : views::compute_rows(*plan_, relations, kBytesMax, add);
    REQUIRE(status.ok());
    return rows;
  }

 private:
  std::string key(std::string_view row) const {
    std::vector<Datum> values(plan_->row_type.size());
    REQUIRE(decode_row(plan_->row_type, row, values).ok());
    std::string bytes;
    append_key(plan_->row_type, values, plan_->unique_key, &bytes);
    return bytes;
  }

  joins::PlanPtr plan_;
  std::unique_ptr<joins::StateUnit> state_ = joins::StateUnit::in_memory(kBytesMax);
  std::unique_ptr<joins::Dataflow> dataflow_;
  std::map<std::string, std::string> rows_;
};

void change_at_random(test::MemoryRelations& relations, test::Random& random,
                      std::vector<MaintainedView>& views) {
  const char* const names[] = {"s.a", "s.a", "s.b", "s.c"};
  std::string table = names[random.below(4)];
  auto row = random_row(table, random);
  bool erased = random.one_in(3);
  auto before = erased ? relations.erase(table, row) : relations.insert(table, row);
  for (MaintainedView& view : views) {
    if (before) view.change(table, *before, -1);
    if (!erased) view.change(table, relations.row_bytes(table, row), +1);
  }
}

}  // namespace

TEST_CASE("ViewsKeptCurrentByDeltasEqualTheirQueriesAndTheirKeysTellRowsApart") {
  const uint64_t start = test::seed();
  INFO("LEAT_SEED=" << start);
  test::Random random(start);
  test::MemoryRelations relations = tables();
  std::vector<MaintainedView> maintained;
  for (const char* sql : kViews) {
    INFO(sql);
    auto plan = views::sql::plan_view(sql, relations);
    REQUIRE(plan.ok());
    maintained.emplace_back(std::move(plan->plan));
  }
  for (int step = 0; step < 150; ++step) {
    for (size_t changes = random.below(random.one_in(8) ? 40 : 4); changes > 0; --changes)
      change_at_random(relations, random, maintained);
    for (size_t i = 0; i < maintained.size(); ++i) {
      INFO("step " << step << ": " << kViews[i]);
      maintained[i].step();
      if (step % 5 == 0) REQUIRE(maintained[i].rows() == maintained[i].recomputed(relations));
    }
  }
}
