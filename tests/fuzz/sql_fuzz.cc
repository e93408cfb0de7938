// Any text is planned or refused, and what is planned runs over a few rows without harm.
#include <cstdint>
#include <string_view>

#include "tests/fuzz/fuzz_relations.h"
#include "views/query.h"
#include "views/sql/sql.h"

using namespace leat;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const test::MemoryRelations tables =
      fuzz::make_relations(views::RelationKind::table_topic);
  static const test::MemoryRelations same_as_views =
      fuzz::make_relations(views::RelationKind::view);
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
