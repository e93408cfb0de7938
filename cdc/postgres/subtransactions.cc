#include "cdc/postgres/subtransactions.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

namespace leat::cdc {
namespace {

constexpr size_t kAtATime = 10'000;

// Their numbers are the low 32 bits: of all with these bits it is the one nearest to the next that
// the server will give. 'in progress' is a part of the whole, whose end the server has not made
// known to others yet; one that was rolled back is known as that before.
constexpr const char* kStatusSql = R"(
WITH next AS (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xid)
SELECT each, pg_xact_status((xid + (each - xid % 4294967296 + 6442450944) % 4294967296
                             - 2147483648)::text::xid8)
FROM next, unnest('{{{}}}'::bigint[]) each)";

Status settle(Connection& sql, const std::vector<uint32_t>& subtransactions,
              Transaction* transaction) {
  LEAT_ASSIGN_OR_RETURN(auto rows,
                        sql.query(fmt::format(kStatusSql, fmt::join(subtransactions, ","))));
  size_t rolled_back = 0;
  for (const TextRow& row : rows) {
    if (!row[1]) {
      return Error::permanent("the server no longer knows how the subtransaction " +
                              row[0].value_or("") + " of the transaction " +
                              std::to_string(transaction->id().value()) + " ended");
    }
    if (*row[1] != "aborted") continue;
    uint32_t subtransaction = 0;
    std::from_chars(row[0]->data(), row[0]->data() + row[0]->size(), subtransaction);
    transaction->abort_subtransaction(subtransaction);
    ++rolled_back;
  }
  if (rolled_back > 0) {
    spdlog::debug(
        "{} rolled back subtransactions of the transaction {} were streamed as if they "
        "were not",
        rolled_back, transaction->id().value());
  }
  return Ok();
}

}  // namespace

Status settle_subtransactions(Connection& sql, Transaction* transaction) {
  std::vector<uint32_t> all = transaction->subtransactions();
  for (size_t from = 0; from < all.size(); from += kAtATime) {
    auto begin = all.begin() + static_cast<ptrdiff_t>(from);
    auto end = all.begin() + static_cast<ptrdiff_t>(std::min(all.size(), from + kAtATime));
    LEAT_RETURN_IF_ERROR(settle(sql, {begin, end}, transaction));
  }
  return Ok();
}

}  // namespace leat::cdc
