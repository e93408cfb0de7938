#include "views/query.h"

#include <optional>

#include "views/query_rows.h"
#include "views/query_source.h"

namespace leat::views {
namespace {

// OFFSET and LIMIT, over rows in their final order.
class Window {
 public:
  Window(const sql::QueryPlan& plan, const QueryRowCallback& row)
      : skip_(static_cast<uint64_t>(plan.offset)),
        left_(plan.limit ? std::optional<uint64_t>(static_cast<uint64_t>(*plan.limit))
                         : std::nullopt),
        visible_(plan.relation.columns.size()),
        row_(row) {}

  bool wants_more() const { return !left_ || *left_ > 0; }

  // False: no more rows are wanted.
  bool give(std::span<const Datum> row) {
    if (!wants_more()) return false;
    if (skip_ > 0) {
      --skip_;
      return true;
    }
    if (left_) --*left_;
    return row_(row.first(visible_)) && wants_more();
  }

 private:
  uint64_t skip_;
  std::optional<uint64_t> left_;
  const size_t visible_;
  const QueryRowCallback& row_;
};

QueryStatus produce(const joins::Plan& plan, const ReadSnapshot& snapshot, size_t bytes_max,
                    const PlanRowCallback& row) {
  return can_stream(plan) ? stream_rows(plan, snapshot, row)
                          : compute_rows(plan, snapshot, bytes_max, row);
}

// How many rows must be sorted out; none where OFFSET and LIMIT together are beyond counting.
std::optional<uint64_t> rows_wanted(const sql::QueryPlan& plan) {
  if (!plan.limit) return std::nullopt;
  uint64_t wanted = static_cast<uint64_t>(*plan.limit) + static_cast<uint64_t>(plan.offset);
  constexpr uint64_t kSortedCountMax = 1 << 30;
  return wanted > kSortedCountMax ? std::nullopt : std::optional<uint64_t>(wanted);
}

QueryStatus evaluate_sorted(const sql::QueryPlan& plan, const ReadSnapshot& snapshot,
                            size_t bytes_max, Window* window) {
  const joins::Plan& relation = *plan.relation.plan;
  SortedRows rows(relation.row_type, plan.order_by, rows_wanted(plan));
  bool fits = true;
  LEAT_RETURN_IF_ERROR(produce(relation, snapshot, bytes_max, [&](std::span<const Datum> row) {
    rows.add(row);
    fits = rows.memory_bytes() <= bytes_max;
    return fits;
  }));
  if (!fits) return out_of_memory(bytes_max);
  rows.for_each_sorted([&](std::span<const Datum> row) { return window->give(row); });
  return {};
}

}  // namespace

QueryStatus evaluate(const sql::QueryPlan& plan, const ReadSnapshot& snapshot, size_t bytes_max,
                     const QueryRowCallback& row) {
  Window window(plan, row);
  if (!window.wants_more()) return {};
  if (!plan.order_by.empty()) return evaluate_sorted(plan, snapshot, bytes_max, &window);
  return produce(*plan.relation.plan, snapshot, bytes_max,
                 [&](std::span<const Datum> values) { return window.give(values); });
}

}  // namespace leat::views
