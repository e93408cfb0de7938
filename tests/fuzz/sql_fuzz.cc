// Any text is planned or refused, and what is planned runs over a few rows without harm.
#include <cstdint>
#include <string_view>

#include "tests/support/memory_relations.h"
#include "views/query.h"
#include "views/sql/sql.h"

using namespace leat;

namespace {

test::MemoryRelations make_relations(views::RelationKind kind) {
  test::MemoryRelations relations;
  relations.add(kind, "customers",
                {{"id", Type{TypeId::int32}, false},
                 {"name", Type{TypeId::text}, true},
                 {"credit", Type{TypeId::numeric}, true},
                 {"since", Type{TypeId::date}, true},
                 {"active", Type{TypeId::boolean}, true}},
                {0});
  relations.add(kind, "orders",
                {{"id", Type{TypeId::int64}, false},
                 {"customer_id", Type{TypeId::int32}, true},
                 {"placed", Type{TypeId::timestamp}, true},
                 {"rating", Type{TypeId::float64}, true}},
                {0});
  relations.insert("customers", {"1", "Ada", "1.50", "2020-01-31", "true"});
  relations.insert("customers", {"2", std::nullopt, "NaN", "infinity", std::nullopt});
  relations.insert("orders", {"10", "1", "2026-01-01 00:00:00", "4.5"});
  relations.insert("orders", {"11", std::nullopt, std::nullopt, "-Infinity"});
  return relations;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const test::MemoryRelations tables = make_relations(views::RelationKind::table_topic);
  static const test::MemoryRelations same_as_views = make_relations(views::RelationKind::view);
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto view = views::sql::plan_view(text, tables);
  if (!view.ok()) (void)views::sql::describe(view.error(), "fuzz", text);
  auto query = views::sql::plan_query(text, same_as_views, {}, {});
  if (!query.ok()) return 0;
  constexpr size_t kBytesMax = 4 << 20;
  (void)views::evaluate(*query, same_as_views, kBytesMax,
                        [](std::span<const Datum>) { return true; });
  return 0;
}
