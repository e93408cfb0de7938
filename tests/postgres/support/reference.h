// A real PostgreSQL as the judge of what values print as and what expressions give.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/support/postgres_server.h"

namespace leat::test {

// "'it''s'"
std::string quote_literal(std::string_view text);
// TEXT as a field of COPY's text format.
std::string copy_field(std::string_view text);

class Reference {
 public:
  // One server for the whole program; UTC, ISO dates.
  static Reference& get();

  PostgresClient& client() { return *client_; }

  // What each of the EXPRESSIONS gives: "TYPE: TEXT", "TYPE: NULL" or "SQLSTATE: MESSAGE".
  std::vector<std::string> evaluate(const std::vector<std::string>& expressions);

 private:
  Reference();

  std::unique_ptr<PostgresServer> server_;
  std::unique_ptr<PostgresClient> client_;
};

}  // namespace leat::test
