// libpg_query's state is thread-local, so calls need no lock. Its trees and ours are walked
// recursively; a statement that could nest too deeply for a thread's stack is refused before it is
// parsed, by its tokens: a tree is at most as deep as its longest run of tokens between commas,
// added up over the parentheses that are open there.
#include "views/sql/parser.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>
#include <spdlog/fmt/fmt.h>

#include <memory>
#include <string>
#include <utility>

#include "log/base/check.h"
#include "views/sql/error.h"
#include "views/sql/pg_tree.h"

namespace leat::views::sql {
namespace {

constexpr size_t kTextBytesMax = 1 << 20;
constexpr size_t kNestingMax = 2000;

struct FreeParseResult {
  void operator()(PgQuery__ParseResult* result) const {
    pg_query__parse_result__free_unpacked(result, nullptr);
  }
};
using ParseResultPtr = std::unique_ptr<PgQuery__ParseResult, FreeParseResult>;

// The library counts characters from 1.
int byte_offset(std::string_view text, int cursor) {
  size_t at = 0;
  for (int character = 1; character < cursor && at < text.size(); ++character) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  return static_cast<int>(at);
}

SqlError syntax_error(std::string_view text, const PgQueryError& error) {
  int offset = error.cursorpos > 0 ? byte_offset(text, error.cursorpos) : -1;
  return sql_error(sqlstate::kSyntaxError, offset, error.message);
}

bool is_comment(const PgQuery__ScanToken& token) {
  return token.token == PG_QUERY__TOKEN__SQL_COMMENT || token.token == PG_QUERY__TOKEN__C_COMMENT;
}

// The first token that lies too deep, or -1.
int find_too_deep(const PgQuery__ScanResult& tokens) {
  std::vector<size_t> outer;  // depth of each open parenthesis
  size_t depth = 0;
  for (size_t i = 0; i < tokens.n_tokens; ++i) {
    if (is_comment(*tokens.tokens[i])) continue;
    switch (tokens.tokens[i]->token) {
      case PG_QUERY__TOKEN__ASCII_40:  // (
        outer.push_back(++depth);
        break;
      case PG_QUERY__TOKEN__ASCII_41:  // )
        if (!outer.empty()) {
          depth = outer.back();
          outer.pop_back();
        }
        break;
      case PG_QUERY__TOKEN__ASCII_44:  // ,
        depth = outer.empty() ? 0 : outer.back();
        break;
      default:
        ++depth;
    }
    if (depth > kNestingMax) return tokens.tokens[i]->start;
  }
  return -1;
}

SqlStatus check_size(std::string_view text) {
  if (text.size() > kTextBytesMax)
    return sql_error(sqlstate::kTooComplex, -1,
                     fmt::format("the statement has {} bytes; at most {} are allowed", text.size(),
                                 kTextBytesMax));
  if (size_t at = text.find('\0'); at != text.npos)
    return sql_error(sqlstate::kSyntaxError, static_cast<int>(at), "the statement has a zero byte");
  return {};
}

struct FreeScanResult {
  void operator()(PgQuery__ScanResult* result) const {
    pg_query__scan_result__free_unpacked(result, nullptr);
  }
};
using ScanResultPtr = std::unique_ptr<PgQuery__ScanResult, FreeScanResult>;

// Null where the text has something that is no token.
ScanResultPtr scan(const std::string& text) {
  PgQueryScanResult scanned = pg_query_scan(text.c_str());
  ScanResultPtr tokens;
  if (!scanned.error) {
    tokens.reset(pg_query__scan_result__unpack(
        nullptr, scanned.pbuf.len, reinterpret_cast<const uint8_t*>(scanned.pbuf.data)));
    LEAT_CHECK(tokens != nullptr);
  }
  pg_query_free_scan_result(scanned);
  return tokens;
}

SqlStatus check_nesting(const std::string& text) {
  ScanResultPtr tokens = scan(text);
  if (!tokens) return {};  // a syntax error, which the parser says better
  if (int offset = find_too_deep(*tokens); offset >= 0)
    return sql_error(sqlstate::kTooComplex, offset,
                     fmt::format("the statement nests deeper than {} levels", kNestingMax));
  return {};
}

SqlResult<ParseResultPtr> parse(std::string_view text_view) {
  LEAT_RETURN_IF_ERROR(check_size(text_view));
  std::string text(text_view);
  LEAT_RETURN_IF_ERROR(check_nesting(text));
  PgQueryProtobufParseResult parsed = pg_query_parse_protobuf(text.c_str());
  SqlResult<ParseResultPtr> result = ParseResultPtr();
  if (parsed.error) {
    result = syntax_error(text_view, *parsed.error);
  } else {
    result = ParseResultPtr(pg_query__parse_result__unpack(
        nullptr, parsed.parse_tree.len, reinterpret_cast<const uint8_t*>(parsed.parse_tree.data)));
    LEAT_CHECK(*result != nullptr);
  }
  pg_query_free_protobuf_parse_result(parsed);
  return result;
}

// The only statement of the text.
SqlResult<const PgQuery__Node*> single_statement(const PgQuery__ParseResult& parsed,
                                                 const std::string& wanted) {
  if (parsed.n_stmts == 0)
    return sql_error(sqlstate::kSyntaxError, 0,
                     "there is no statement; " + wanted + " is expected");
  if (parsed.n_stmts > 1)
    return sql_error(sqlstate::kSyntaxError, parsed.stmts[1]->stmt_location,
                     "there is more than one statement; one " + wanted + " is expected");
  return static_cast<const PgQuery__Node*>(parsed.stmts[0]->stmt);
}

SqlResult<const PgQuery__CreateTableAsStmt*> view_statement(const PgQuery__Node& node) {
  const std::string wanted = "CREATE MATERIALIZED VIEW name AS SELECT … is expected";
  if (node.node_case != PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT)
    return sql_error(sqlstate::kSyntaxError, 0, "this is no view; " + wanted);
  const PgQuery__CreateTableAsStmt& create = *node.create_table_as_stmt;
  if (create.objtype != PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW)
    return sql_error(sqlstate::kSyntaxError, 0, "this is no view; " + wanted);
  const PgQuery__IntoClause& into = *create.into;
  int offset = into.rel->location;
  if (create.if_not_exists) return not_supported(0, "IF NOT EXISTS");
  if (into.n_col_names > 0)
    return not_supported(offset, "a list of column names",
                         "name the columns in the SELECT with AS");
  if (into.n_options > 0 || *into.access_method || *into.table_space_name)
    return not_supported(offset, "a storage option of a view");
  if (into.skip_data) return not_supported(offset, "WITH NO DATA");
  if (*into.rel->schemaname || *into.rel->catalogname)
    return not_supported(offset, "a schema in a view's name", "views have plain names");
  if (create.query->node_case != PG_QUERY__NODE__NODE_SELECT_STMT)
    return sql_error(sqlstate::kSyntaxError, 0, "this is no view; " + wanted);
  return &create;
}

struct QueryPlace {
  size_t begin = 0;
  size_t end = 0;
};

// The query stands between the AS that follows the view's name and the semicolon or WITH DATA.
QueryPlace find_query(const std::string& text, int name_offset) {
  ScanResultPtr tokens = scan(text);
  LEAT_CHECK(tokens != nullptr);
  QueryPlace place{0, text.size()};
  bool after_as = false;
  const PgQuery__ScanToken *last = nullptr, *before_last = nullptr;
  for (size_t i = 0; i < tokens->n_tokens; ++i) {
    const PgQuery__ScanToken& token = *tokens->tokens[i];
    if (token.start <= name_offset || is_comment(token)) continue;
    if (token.token == PG_QUERY__TOKEN__ASCII_59) {  // ;
      place.end = static_cast<size_t>(token.start);
      break;
    }
    if (after_as && place.begin == 0) place.begin = static_cast<size_t>(token.start);
    after_as = token.token == PG_QUERY__TOKEN__AS;
    before_last = std::exchange(last, &token);
  }
  LEAT_CHECK(place.begin > 0);
  if (before_last && before_last->token == PG_QUERY__TOKEN__WITH &&
      last->token == PG_QUERY__TOKEN__DATA_P)
    place.end = static_cast<size_t>(before_last->start);
  return place;
}

}  // namespace

SqlResult<ViewDefinition> parse_view(std::string_view text) {
  LEAT_ASSIGN_OR_RETURN(ParseResultPtr parsed, parse(text));
  LEAT_ASSIGN_OR_RETURN(const PgQuery__Node* node,
                        single_statement(*parsed, "CREATE MATERIALIZED VIEW name AS SELECT …"));
  LEAT_ASSIGN_OR_RETURN(const PgQuery__CreateTableAsStmt* create, view_statement(*node));
  LEAT_RETURN_IF_ERROR(convert_select(*create->query->select_stmt));
  QueryPlace query = find_query(std::string(text), create->into->rel->location);
  return ViewDefinition{create->into->rel->relname,
                        std::string(text.substr(query.begin, query.end - query.begin)),
                        static_cast<int>(query.begin)};
}

SqlResult<ast::SelectPtr> parse_select(std::string_view text) {
  LEAT_ASSIGN_OR_RETURN(ParseResultPtr parsed, parse(text));
  LEAT_ASSIGN_OR_RETURN(const PgQuery__Node* node, single_statement(*parsed, "SELECT"));
  if (node->node_case != PG_QUERY__NODE__NODE_SELECT_STMT)
    return sql_error(sqlstate::kNotSupported, 0, "only SELECT is supported here",
                     "Leat's tables change where they live: in the source database");
  return convert_select(*node->select_stmt);
}

}  // namespace leat::views::sql
