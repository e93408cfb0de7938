// The publication that a source's changes come through. It may be somebody else's and cover more
// than what is captured. Whoever may alter it can make it leave rows, columns or kinds of changes
// out; then it is refused.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cdc/capture_problem.h"
#include "cdc/postgres/catalog.h"
#include "cdc/postgres/connection.h"
#include "log/base/status.h"

namespace leat::cdc {

struct PublishedTable {
  std::string name;         // schema.table
  std::string quoted_name;  // as SQL wants it
  bool has_row_filter = false;
  bool has_column_list = false;
  // Another one after what may have left changes of the table out for a while: the publication
  // altered, or the table taken out of it and put back.
  std::string mark;
};

struct PublicationFacts {
  std::string name;
  bool sends_every_kind = true;  // inserts, updates, deletes, truncates
  bool as_root = false;          // changes of partitions come as those of the table above them
  bool may_alter = false;        // our role owns it
  std::vector<PublishedTable> tables;

  const PublishedTable* find(const std::string& table) const;
};

std::string publication_name(const std::string& source);  // leat_NAME

// "CREATE PUBLICATION … FOR TABLE …;" for TABLES.
std::string publication_statement(const std::string& source, const std::vector<TableFacts>& tables);
// "ALTER PUBLICATION … ADD TABLE …;"
std::string add_statement(const std::string& publication, const std::vector<TableFacts>& tables);

// None where there is no such publication.
Result<std::optional<PublicationFacts>> read_publication(Connection& connection,
                                                         const std::string& name);

// Why changes are missing from all of it, or from one table; the statement mends what is to come,
// and what was missed needs a new snapshot of SOURCE.
std::optional<CaptureProblem> problem_of(const PublicationFacts& publication);
std::optional<CaptureProblem> problem_of(const PublicationFacts& publication,
                                         const PublishedTable& table);

}  // namespace leat::cdc
