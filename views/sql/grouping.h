// GROUP BY, aggregates and DISTINCT.
#pragma once

#include <vector>

#include "views/sql/relation_builder.h"
#include "views/sql/scope.h"

namespace leat::views::sql {

// Rewrites what stands above a grouping (select list, HAVING, ORDER BY) to the grouping's output,
// and makes the grouping's plan. First rewrite everything, then build.
class Grouping {
 public:
  Grouping(std::vector<joins::ScalarPtr> group_by, std::vector<AggregateUse> aggregates,
           const Scope& scope, ColumnIds& ids);

  // EXPRESSION over the grouping's output ids. A column that is neither grouped nor aggregated is
  // an error, at its place in USES; but where a table's whole primary key is grouped, so are all
  // its columns.
  SqlResult<joins::ScalarPtr> rewrite(const joins::ScalarPtr& expression,
                                      const std::vector<ColumnUse>& uses);

  Relation build(Relation input) &&;

 private:
  struct Group {
    joins::ScalarPtr value;
    int id = 0;
  };

  const Group* find_group(const joins::Scalar& expression) const;
  bool is_aggregate_id(int id) const;
  bool depends_on_grouped_key(int id) const;
  SqlResult<joins::ScalarPtr> rewrite_column(const joins::ScalarPtr& column,
                                             const std::vector<ColumnUse>& uses);

  std::vector<Group> groups_;
  size_t explicit_groups_ = 0;  // the rest are columns that those determine
  std::vector<AggregateUse> aggregates_;
  const Scope& scope_;
  ColumnIds& ids_;
};

}  // namespace leat::views::sql
