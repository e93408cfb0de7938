// Leat's plans against the real PostgreSQL, over the statements of tests/sql/corpus.
#include <catch2/catch.hpp>

#include "tests/postgres/sql_database.h"

using namespace leat;
using namespace leat::test;

namespace {
const char* const kDuplicateColumn = "42701";
}

TEST_CASE("ViewsGiveTheRowsNamesAndTypesThatPostgresGives") {
  MemoryRelations tables = database().relations(views::RelationKind::table_topic);
  MemoryRelations same_as_views = database().relations(views::RelationKind::view);
  for (const std::string& sql : read_corpus(corpus("views.sql"))) {
    INFO(sql);
    auto view = views::sql::plan_view(sql, tables);
    if (!view.ok() && view.error().sqlstate == kDuplicateColumn) {
      // What may not be a view for its names may still be a query.
      auto query = views::sql::plan_query(sql, same_as_views, {}, {});
      REQUIRE(query.ok());
      check_equal(sorted(evaluate_plan(*query, same_as_views)), sorted(database().run(sql)));
      continue;
    }
    INFO((view.ok() ? "" : views::sql::describe(view.error(), "view", sql)));
    CHECK(view.ok());
    if (!view.ok()) continue;
    views::sql::QueryPlan plan;
    plan.relation = std::move(view).value();
    check_equal(sorted(evaluate_plan(plan, tables)), sorted(database().run(sql)));
  }
}

TEST_CASE("QueriesGiveTheRowsThatPostgresGivesInTheSameOrder") {
  MemoryRelations relations = database().relations(views::RelationKind::view);
  for (const std::string& sql : read_corpus(corpus("queries.sql"))) {
    INFO(sql);
    auto plan = views::sql::plan_query(sql, relations, {}, {});
    INFO((plan.ok() ? "" : views::sql::describe(plan.error(), "query", sql)));
    CHECK(plan.ok());
    if (plan.ok()) check_equal(evaluate_plan(*plan, relations), database().run(sql));
  }
}

TEST_CASE("ErrorsHaveTheSentenceTheCodeAndThePlaceThatPostgresGivesThem") {
  MemoryRelations relations = database().relations(views::RelationKind::view);
  for (const std::string& sql : read_corpus(corpus("errors.sql"))) {
    INFO(sql);
    auto refused = database().client().query(sql);
    REQUIRE_FALSE(refused.ok());
    auto plan = views::sql::plan_query(sql, relations, {}, {});
    CHECK_FALSE(plan.ok());
    if (plan.ok()) continue;
    CHECK(plan.error().sqlstate + ": " + plan.error().message == refused.error().message());
    // Where PostgreSQL names no place, Leat may.
    int position = database().client().error_position();
    if (position > 0) CHECK(plan.error().offset + 1 == position);
  }
}

TEST_CASE("ParametersGetTheTypesThatPostgresGivesThem") {
  MemoryRelations relations = database().relations(views::RelationKind::view);
  for (const std::string& sql : read_corpus(corpus("parameters.sql"))) {
    INFO(sql);
    REQUIRE(database().client().execute("PREPARE p AS " + sql).ok());
    Answer types =
        database().run("SELECT unnest(parameter_types)::oid FROM pg_prepared_statements");
    REQUIRE(database().client().execute("DEALLOCATE p").ok());
    auto plan = views::sql::plan_query(sql, relations, {}, {});
    INFO((plan.ok() ? "" : views::sql::describe(plan.error(), "query", sql)));
    CHECK(plan.ok());
    if (!plan.ok()) continue;
    std::vector<TextRow> inferred;
    for (const Type& type : plan->parameter_types)
      inferred.push_back({std::to_string(postgres_oid(type.id))});
    CHECK(inferred == types.rows);
  }
}
