#include "views/serve/sql_service.h"

#include <algorithm>

#include "views/planned_view.h"
#include "views/query.h"

namespace leat::views::serve {
namespace {

using sql::SqlError;
using sql::SqlResult;

SqlError not_yet() {
  return {"the views are not readable yet: what the log holds is being applied", "57P03",
          "try again in a moment; SHOW VIEWS tells how far it is", -1};
}

class EvaluatedQuery final : public BoundQuery {
 public:
  EvaluatedQuery(sql::QueryPlan plan, size_t bytes_max)
      : plan_(std::move(plan)), bytes_max_(bytes_max) {
    if (plan_.relation.plan == nullptr) return;
    for_each_input(*plan_.relation.plan, [this](const joins::Input& input) {
      if (std::find(views_.begin(), views_.end(), input.topic) == views_.end()) {
        views_.push_back(input.topic);
      }
    });
  }

  const std::vector<sql::OutputColumn>& columns() const override { return plan_.relation.columns; }

  SqlResult<void> run(const ReadSnapshot& snapshot, const RowCallback& row) const override {
    if (Status one_cut = snapshot.check_one_cut(views_); !one_cut.ok()) {
      return SqlError{one_cut.error().message(), "55000", "", -1};
    }
    QueryStatus done = evaluate(plan_, snapshot, bytes_max_, row);
    if (!done.ok()) return SqlError{done.error().message, done.error().sqlstate, "", -1};
    return Ok{};
  }

 private:
  sql::QueryPlan plan_;
  size_t bytes_max_;
  std::vector<std::string> views_;
};

}  // namespace

Result<std::shared_ptr<const ReadSnapshot>> SqlService::snapshot() const {
  std::shared_ptr<const ViewSnapshot> newest = maintainer_.snapshot();
  if (newest == nullptr) return Error::transient(not_yet().message);
  return std::shared_ptr<const ReadSnapshot>(std::move(newest));
}

SqlResult<sql::QueryPlan> SqlService::plan(std::string_view text,
                                           const std::vector<uint32_t>& declared_types,
                                           const std::vector<sql::Parameter>& parameters) const {
  std::shared_ptr<const NameTable> names = maintainer_.names();
  if (names == nullptr) return not_yet();
  return sql::plan_query(text, *names, declared_types, parameters);
}

SqlResult<StatementShape> SqlService::describe(std::string_view text,
                                               const std::vector<uint32_t>& declared_types) const {
  LEAT_ASSIGN_OR_RETURN(sql::QueryPlan query, plan(text, declared_types, {}));
  return StatementShape{query.parameter_types, query.relation.columns};
}

SqlResult<std::unique_ptr<BoundQuery>> SqlService::bind(
    std::string_view text, const std::vector<uint32_t>& declared_types,
    const std::vector<sql::Parameter>& parameters) const {
  LEAT_ASSIGN_OR_RETURN(sql::QueryPlan query, plan(text, declared_types, parameters));
  return std::unique_ptr<BoundQuery>(
      std::make_unique<EvaluatedQuery>(std::move(query), query_bytes_max_));
}

}  // namespace leat::views::serve
