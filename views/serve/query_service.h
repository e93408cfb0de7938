// What a session asks for, whoever answers: plans and rows of SELECTs, the newest cut, the views.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "log/model/datum.h"
#include "views/relation.h"
#include "views/sql/sql.h"
#include "views/view_status.h"

namespace leat::views::serve {

struct StatementShape {
  std::vector<Type> parameter_types;
  std::vector<sql::OutputColumn> columns;
};

// Gets one row, as many values as columns; they live until it returns. False ends the query.
using RowCallback = std::function<bool(std::span<const Datum> row)>;

// A SELECT with its parameters bound. One thread.
class BoundQuery {
 public:
  virtual ~BoundQuery() = default;
  virtual const std::vector<sql::OutputColumn>& columns() const = 0;
  virtual sql::SqlResult<void> run(const ReadSnapshot& snapshot, const RowCallback& row) const = 0;
};

// Any thread.
class QueryService {
 public:
  virtual ~QueryService() = default;

  // The newest cut. A transient error: nothing can be read yet (the log's tail is being applied).
  virtual Result<std::shared_ptr<const ReadSnapshot>> snapshot() const = 0;

  // DECLARED_TYPES: the client's OIDs for $1, $2 …; 0 or none where they are to be inferred.
  virtual sql::SqlResult<StatementShape> describe(
      std::string_view text, const std::vector<uint32_t>& declared_types) const = 0;
  virtual sql::SqlResult<std::unique_ptr<BoundQuery>> bind(
      std::string_view text, const std::vector<uint32_t>& declared_types,
      const std::vector<sql::Parameter>& parameters) const = 0;

  virtual std::vector<ViewStatus> views() const = 0;
};

}  // namespace leat::views::serve
