#include "cdc/postgres/publication.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "cdc/postgres/quote.h"

namespace leat::cdc {
namespace {

// Columns that only newer servers have are read through JSON: no row filters before 15.
constexpr const char* kPublicationSql = R"(
SELECT pubinsert AND pubupdate AND pubdelete AND pubtruncate,
       coalesce(to_jsonb(p) ->> 'pubviaroot' = 'true', false), pg_has_role(pubowner, 'USAGE')
FROM pg_publication p WHERE pubname = {})";

// Not pg_publication_tables, which locks every table. A published partitioned table stands for its
// partitions, so what is said of a table counts for those below it: line.oids.
//
// The mark names the rows of the catalog by which the table is published, its place in its schema
// and below its parents among them: what is taken away and put back is another row, or was written
// by another transaction.
constexpr const char* kTablesSql = R"(
SELECT n.nspname, c.relname, quote_ident(n.nspname) || '.' || quote_ident(c.relname),
       coalesce(to_jsonb(r) ->> 'prqual', '') <> '', coalesce(to_jsonb(r) ->> 'prattrs', '') <> '',
       format('%s.%s', p.oid, p.xmin)
       || coalesce((SELECT string_agg(format(' %s.%s', m.oid, m.xmin), '' ORDER BY m.oid)
                    FROM pg_publication_rel m
                    WHERE m.prpubid = p.oid AND m.prrelid = ANY (line.oids)), '')
       || coalesce((SELECT string_agg(format(' %s/%s', i.inhparent, i.xmin), '' ORDER BY i.inhrelid)
                    FROM pg_inherits i
                    WHERE c.relispartition AND i.inhrelid = ANY (line.oids)), '')
       || coalesce((SELECT string_agg(format(' %s:%s', d.refobjid, d.xmin), '' ORDER BY d.objid)
                    FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = ANY (line.oids)
                      AND d.objsubid = 0 AND d.refclassid = 'pg_namespace'::regclass), '')
       || {1}
FROM pg_publication p
JOIN pg_class c ON c.relkind = 'r' AND c.relpersistence = 'p'
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
LEFT JOIN pg_publication_rel r ON r.prpubid = p.oid AND r.prrelid = c.oid
CROSS JOIN LATERAL (
  SELECT array_agg(above) AS oids
  FROM (SELECT c.oid AS above
        UNION SELECT a::oid FROM pg_partition_ancestors(c.oid) a WHERE c.relispartition) every) line
WHERE p.pubname = {0} AND (p.puballtables OR EXISTS (
  SELECT FROM pg_class a
  WHERE a.oid = ANY (line.oids)
    AND (EXISTS (SELECT FROM pg_publication_rel WHERE prpubid = p.oid AND prrelid = a.oid){2})))
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C")";

// Publications of whole schemas are new in 15.
constexpr const char* kSchemaMarkSql = R"(coalesce((
         SELECT string_agg(format(' %s;%s', m.oid, m.xmin), '' ORDER BY m.oid)
         FROM pg_publication_namespace m JOIN pg_class a ON a.relnamespace = m.pnnspid
         WHERE m.pnpubid = p.oid AND a.oid = ANY (line.oids)), ''))";
constexpr const char* kSchemaPublishedSql = R"(
      OR EXISTS (SELECT FROM pg_publication_namespace
                 WHERE pnpubid = p.oid AND pnnspid = a.relnamespace))";

std::string table_list(const std::vector<TableFacts>& tables) {
  std::string out;
  for (const TableFacts& table : tables) out += (out.empty() ? "" : ", ") + table.quoted_name();
  return out;
}

bool truth(const std::optional<std::string>& text) {
  return text == "t";
}

}  // namespace

const PublishedTable* PublicationFacts::find(const std::string& table) const {
  auto found = std::find_if(tables.begin(), tables.end(),
                            [&](const PublishedTable& each) { return each.name == table; });
  return found == tables.end() ? nullptr : &*found;
}

std::string publication_name(const std::string& source) {
  return "leat_" + source;
}

std::string publication_statement(const std::string& source,
                                  const std::vector<TableFacts>& tables) {
  return fmt::format("CREATE PUBLICATION {} FOR TABLE {};",
                     sql_identifier(publication_name(source)), table_list(tables));
}

std::string add_statement(const std::string& publication, const std::vector<TableFacts>& tables) {
  return fmt::format("ALTER PUBLICATION {} ADD TABLE {};", sql_identifier(publication),
                     table_list(tables));
}

Result<std::optional<PublicationFacts>> read_publication(Connection& connection,
                                                         const std::string& name) {
  std::string literal = sql_literal(name);
  LEAT_ASSIGN_OR_RETURN(auto found, connection.query(fmt::format(kPublicationSql, literal)));
  if (found.empty()) return std::optional<PublicationFacts>();
  PublicationFacts out;
  out.name = name;
  out.sends_every_kind = truth(found[0][0]);
  out.as_root = truth(found[0][1]);
  out.may_alter = truth(found[0][2]);
  bool by_schema = connection.server_version() >= 150000;
  LEAT_ASSIGN_OR_RETURN(auto rows, connection.query(fmt::format(
                                       kTablesSql, literal, by_schema ? kSchemaMarkSql : "''",
                                       by_schema ? kSchemaPublishedSql : "")));
  for (const TextRow& row : rows) {
    out.tables.push_back({full_table_name(row[0].value_or(""), row[1].value_or("")),
                          row[2].value_or(""), truth(row[3]), truth(row[4]), row[5].value_or("")});
  }
  return std::optional(std::move(out));
}

std::optional<CaptureProblem> problem_of(const PublicationFacts& publication) {
  std::string alter = fmt::format("ALTER PUBLICATION {} SET ", sql_identifier(publication.name));
  if (!publication.sends_every_kind) {
    return CaptureProblem{
        fmt::format("the publication {} leaves kinds of changes out", publication.name),
        alter + "(publish = 'insert, update, delete, truncate');"};
  }
  if (publication.as_root) {
    return CaptureProblem{
        fmt::format("the publication {} sends changes of partitions as those of the table above "
                    "them",
                    publication.name),
        alter + "(publish_via_partition_root = false);"};
  }
  return std::nullopt;
}

std::optional<CaptureProblem> problem_of(const PublicationFacts& publication,
                                         const PublishedTable& table) {
  if (!table.has_row_filter && !table.has_column_list) return std::nullopt;
  std::string alter = fmt::format("ALTER PUBLICATION {}", sql_identifier(publication.name));
  return CaptureProblem{
      fmt::format("has a {} in the publication {}: changes are left out",
                  table.has_row_filter ? "row filter" : "column list", publication.name),
      fmt::format("{0} DROP TABLE {1}; {0} ADD TABLE {1};", alter, table.quoted_name)};
}

}  // namespace leat::cdc
