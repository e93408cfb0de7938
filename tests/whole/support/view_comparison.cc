#include "tests/whole/support/view_comparison.h"

#include <algorithm>

namespace leat::test {

std::vector<TextRow> sorted(std::vector<TextRow> rows) {
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::string first_differing_view(
    const LeatServer& leat, const std::vector<ViewFile>& views,
    const std::function<std::vector<TextRow>(const std::string& query)>& answer) {
  auto client = PostgresClient::connect(leat.sql_uri());
  if (!client.ok()) return client.error().message();
  for (const ViewFile& view : views) {
    auto seen = (*client)->query("SELECT * FROM " + view.name);
    if (!seen.ok()) return view.name + ": " + seen.error().message();
    if (sorted(*seen) != sorted(answer(view.query))) return view.name + " differs";
  }
  return "";
}

}  // namespace leat::test
