#include "tests/postgres/support/reference.h"

#include "log/base/check.h"

namespace leat::test {

namespace {

constexpr const char* kSetUp = R"sql(
SET timezone = 'UTC'; SET datestyle = 'ISO, MDY'; SET intervalstyle = 'postgres';
SET client_min_messages = 'warning';
CREATE TEMP TABLE expressions (i int, expression text);
CREATE FUNCTION pg_temp.try(expression text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
  EXECUTE format(
    'SELECT pg_typeof(x)::text || '': '' || CASE WHEN x IS NULL THEN ''NULL'' ELSE format(''%%s'', x) END
     FROM (SELECT %s OFFSET 0) AS t(x)', expression) INTO result;
  RETURN result;
EXCEPTION WHEN others THEN
  RETURN SQLSTATE || ': ' || SQLERRM;
END $$;
)sql";

}  // namespace

std::string quote_literal(std::string_view text) {
  bool escaped = text.find('\\') != std::string_view::npos;
  std::string out = escaped ? "E'" : "'";
  for (char c : text) {
    if (c == '\'' || c == '\\') out.push_back(c);
    out.push_back(c);
  }
  return out + "'";
}

std::string copy_field(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

Reference& Reference::get() {
  static Reference reference;
  return reference;
}

Reference::Reference() {
  auto server = PostgresServer::start();
  LEAT_CHECK(server.ok());
  server_ = std::move(*server);
  auto client = PostgresClient::connect(server_->uri());
  LEAT_CHECK(client.ok());
  client_ = std::move(*client);
  LEAT_CHECK(client_->execute(kSetUp).ok());
}

std::vector<std::string> Reference::evaluate(const std::vector<std::string>& expressions) {
  std::string data;
  for (size_t i = 0; i < expressions.size(); ++i) {
    data += std::to_string(i) + "\t" + copy_field(expressions[i]) + "\n";
  }
  LEAT_CHECK(client_->execute("TRUNCATE expressions").ok());
  LEAT_CHECK(client_->copy_in("COPY expressions FROM STDIN", data).ok());
  auto rows = client_->query("SELECT pg_temp.try(expression) FROM expressions ORDER BY i");
  LEAT_CHECK(rows.ok());
  std::vector<std::string> out;
  for (const TextRow& row : *rows) out.push_back(row[0].value_or("(null)"));
  return out;
}

}  // namespace leat::test
