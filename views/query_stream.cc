#include <spdlog/fmt/fmt.h>

#include <vector>

#include "joins/scalar/expression.h"
#include "joins/scalar/row_limit.h"
#include "log/base/arena.h"
#include "log/base/check.h"
#include "log/model/key.h"
#include "log/model/row.h"
#include "views/query_source.h"
#include "views/sql/predicate.h"

namespace leat::views {
namespace {

using joins::ScalarPtr;

// Takes a row; false: no more. An error of an expression is kept in the pipeline's state.
using Sink = std::function<bool(std::span<const Datum> row)>;

class Pipeline {
 public:
  explicit Pipeline(const ReadSnapshot& snapshot) : snapshot_(snapshot) {}

  QueryStatus run(const joins::Plan& plan, const Sink& sink) {
    read(plan, nullptr, sink);
    return std::move(status_);
  }

 private:
  // CONDITION: a filter directly above.
  void read(const joins::Plan& plan, const ScalarPtr& condition, const Sink& sink) {
    if (const auto* input = std::get_if<joins::Input>(&plan.node))
      return read_input(*input, key_prefix(plan, condition), sink);
    if (const auto* filter = std::get_if<joins::Filter>(&plan.node))
      return read_filter(*filter, sink);
    if (const auto* map = std::get_if<joins::Map>(&plan.node)) return read_map(*map, sink);
    LEAT_CHECK(false);  // can_stream
  }

  void read_input(const joins::Input& input, const std::string& prefix, const Sink& sink) {
    std::vector<Datum> all(input.topic_row_type.size());
    std::vector<Datum> used(input.columns.size());
    Status scanned = snapshot_.scan(input.topic, prefix, [&](std::string_view bytes) {
      scratch_.clear();
      Status decoded = decode_row(input.topic_row_type, bytes, all);
      if (!decoded.ok()) return fail(unreadable(decoded.error().in(input.topic)));
      for (size_t i = 0; i < used.size(); ++i) used[i] = all[static_cast<size_t>(input.columns[i])];
      return sink(used);
    });
    if (!scanned.ok()) fail(unreadable(scanned.error()));
  }

  void read_filter(const joins::Filter& filter, const Sink& sink) {
    auto pass = [&](std::span<const Datum> row) {
      joins::ScalarResult value = filter.condition->evaluate(row, scratch_);
      if (!value.ok()) return fail(value.error());
      return value->is_null() || !value->boolean() || sink(row);
    };
    if (filter.input)
      read(*filter.input, filter.condition, pass);
    else
      pass({});
  }

  void read_map(const joins::Map& map, const Sink& sink) {
    std::vector<Datum> output(map.columns.size());
    auto compute = [&](std::span<const Datum> row) {
      for (size_t i = 0; i < output.size(); ++i) {
        joins::ScalarResult value = map.columns[i]->evaluate(row, scratch_);
        if (!value.ok()) return fail(value.error());
        output[i] = *value;
      }
      if (joins::is_too_large(output)) return fail(joins::row_too_large());
      return sink(output);
    };
    if (map.input)
      read(*map.input, nullptr, compute);
    else
      compute({});
  }

  bool fail(const joins::RowError& error) {
    return fail(QueryError{error.message, error.sqlstate});
  }
  bool fail(QueryError error) {
    if (status_.ok()) status_ = std::move(error);
    return false;
  }

  const ReadSnapshot& snapshot_;
  Arena scratch_;  // of one row's values
  QueryStatus status_;
};

// The value that CONDITIONS fix COLUMN to, in a type whose keys are comparable with COLUMN's.
bool append_fixed_field(const std::vector<ScalarPtr>& conditions, int column, TypeId type,
                        std::string* prefix) {
  for (const ScalarPtr& condition : conditions) {
    auto equality = sql::as_equality(condition);
    if (!equality) continue;
    if (joins::column_index(*equality->right) == column) std::swap(equality->left, equality->right);
    if (joins::column_index(*equality->left) != column) continue;
    const joins::Scalar& value = *equality->right;
    if (!sql::columns_of(value).empty() || !sql::have_common_keys(type, value.type().id)) continue;
    Arena arena;
    joins::ScalarResult constant = value.evaluate({}, arena);
    if (!constant.ok() || constant->is_null()) continue;
    append_key_field(value.type().id, *constant, prefix);
    return true;
  }
  return false;
}

}  // namespace

std::string key_prefix(const joins::Plan& input, const ScalarPtr& condition) {
  std::string prefix;
  if (!condition) return prefix;
  std::vector<ScalarPtr> conditions = sql::split_conjunction(condition);
  for (int column : input.unique_key)
    if (!append_fixed_field(conditions, column, input.row_type[static_cast<size_t>(column)].id,
                            &prefix))
      break;
  return prefix;
}

bool can_stream(const joins::Plan& plan) {
  if (const auto* filter = std::get_if<joins::Filter>(&plan.node))
    return !filter->input || can_stream(*filter->input);
  if (const auto* map = std::get_if<joins::Map>(&plan.node))
    return !map->input || can_stream(*map->input);
  return std::holds_alternative<joins::Input>(plan.node);
}

QueryStatus stream_rows(const joins::Plan& plan, const ReadSnapshot& snapshot,
                        const PlanRowCallback& row) {
  return Pipeline(snapshot).run(plan, row);
}

QueryError out_of_memory(size_t bytes_max) {
  return {
      fmt::format("query needs more than {} MB; add a condition or a LIMIT, or keep its result as "
                  "a view",
                  bytes_max >> 20),
      "53200"};
}

QueryError unreadable(const Error& error) {
  return {error.message(), "55000"};
}

}  // namespace leat::views
