// The names that a SELECT's expressions can use.
//
// While a SELECT is analysed each column of each FROM item has a number of its own, its id,
// whatever rows it will stand in later: an expression over ids is a Scalar whose columns are ids
// (views/sql/relation_builder.h turns ids into positions).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "joins/scalar/scalar.h"
#include "views/sql/ast.h"
#include "views/sql/error.h"

namespace leat::views::sql {

struct ScopeColumn {
  std::string name;
  joins::ScalarPtr value;  // a column by its id; of a USING column, one side's or a cast of it
};

struct ScopeRelation {
  std::string alias;      // what qualifies its columns
  std::string full_name;  // "shop.public.orders"; empty where an alias or a subquery hides it
  std::string title;      // for hints
  std::vector<ScopeColumn> columns;
  std::vector<int> primary_key;                     // ids; empty unless it is a table
  std::vector<std::string> generated_columns = {};  // that its source has, and does not send
};

class Scope {
 public:
  static Scope of(ScopeRelation relation);

  // The names of both sides of a join; an alias that both have is an error.
  static SqlResult<Scope> join(Scope left, Scope right, int offset);

  // Makes one column of those that both sides call NAME (JOIN … USING); it becomes the first of
  // the columns that * gives, after MERGED_BEFORE others of the same join.
  void merge(const std::string& name, joins::ScalarPtr value, size_t merged_before);

  SqlResult<joins::ScalarPtr> resolve(const ast::Path& path, int offset) const;
  // The only column called NAME of those that * gives. SIDE is for the error: "left".
  SqlResult<joins::ScalarPtr> resolve_using(const std::string& name, std::string_view side,
                                            int offset) const;
  // t.*, or all of them where QUALIFIER is empty.
  SqlResult<std::vector<ScopeColumn>> expand_star(const ast::Path& qualifier, int offset) const;

  // "o.name", for messages about a column by its id.
  std::string name_of(int id) const;
  const std::vector<ScopeRelation>& relations() const { return relations_; }

 private:
  SqlResult<const ScopeRelation*> find_relation(const ast::Path& qualifier, int offset) const;
  SqlResult<joins::ScalarPtr> resolve_unqualified(const std::string& name, int offset) const;
  SqlError unknown_column(const std::string& name, int offset) const;
  std::string column_hint() const;

  std::vector<ScopeRelation> relations_;
  std::vector<ScopeColumn> columns_;  // what * gives and unqualified names find
};

}  // namespace leat::views::sql
