// The QueryService over the maintainer's views.
#pragma once

#include "views/maintainer.h"
#include "views/serve/query_service.h"

namespace leat::views::serve {

class SqlService final : public QueryService {
 public:
  // MAINTAINER outlives the service. A query may hold QUERY_BYTES_MAX in memory.
  SqlService(const Maintainer& maintainer, size_t query_bytes_max)
      : maintainer_(maintainer), query_bytes_max_(query_bytes_max) {}

  Result<std::shared_ptr<const ReadSnapshot>> snapshot() const override;
  sql::SqlResult<StatementShape> describe(
      std::string_view text, const std::vector<uint32_t>& declared_types) const override;
  sql::SqlResult<std::unique_ptr<BoundQuery>> bind(
      std::string_view text, const std::vector<uint32_t>& declared_types,
      const std::vector<sql::Parameter>& parameters) const override;
  std::vector<ViewStatus> views() const override { return maintainer_.status(); }

 private:
  sql::SqlResult<sql::QueryPlan> plan(std::string_view text,
                                      const std::vector<uint32_t>& declared_types,
                                      const std::vector<sql::Parameter>& parameters) const;

  const Maintainer& maintainer_;
  size_t query_bytes_max_;
};

}  // namespace leat::views::serve
