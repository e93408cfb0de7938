#include "cdc/postgres/capture_plan.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "cdc/postgres/capture_rules.h"
#include "cdc/postgres/quote.h"

namespace leat::cdc {
namespace {

bool may_add(const PublicationFacts& publication, const TableFacts& table) {
  return publication.may_alter && table.may_publish;
}

// Why the table's changes do not come through the publication, unless that is ours to mend.
std::optional<CaptureProblem> problem_of(const PublicationFacts& publication,
                                         const TableFacts& table) {
  const PublishedTable* published = publication.find(table.full_name());
  if (published != nullptr) return problem_of(publication, *published);
  if (may_add(publication, table)) return std::nullopt;
  return CaptureProblem{fmt::format("is not in the publication {}", publication.name),
                        add_statement(publication.name, {table})};
}

// PUBLICATION: null where it is not looked at.
void plan_table(const TableFacts& facts, const PublicationFacts* publication,
                const std::string& source, const std::string& role, CapturePlan* plan) {
  auto planned = plan_capture(facts, source, role);
  std::optional<CaptureProblem> problem;
  if (!planned.ok()) {
    problem = planned.error();
  } else if (publication != nullptr) {
    problem = problem_of(*publication, facts);
  }
  if (problem) {
    plan->refused.push_back({facts.full_name(), *problem});
  } else {
    plan->tables.add(std::move(*planned));
    plan->facts.push_back(facts);
  }
}

void plan_publication(const std::string& source, const ServerFacts& server, CapturePlan* plan) {
  std::string statement = publication_statement(source, plan->facts);
  bool owns_all = std::all_of(plan->facts.begin(), plan->facts.end(),
                              [](const TableFacts& table) { return table.may_publish; });
  if (owns_all && server.role_may_create) {
    plan->publication_statement = statement;
    return;
  }
  plan->problem = CaptureProblem{
      fmt::format("there is no publication {} yet, and role {} may not make it: it {}; let {} run",
                  publication_name(source), server.role,
                  owns_all ? "may not create anything in the database" : "does not own the tables",
                  owns_all ? "the database's owner" : "the tables' owner"),
      statement};
}

void plan_additions(const PublicationFacts& publication, CapturePlan* plan) {
  std::vector<TableFacts> missing;
  for (const TableFacts& table : plan->facts) {
    if (publication.find(table.full_name()) != nullptr) continue;
    missing.push_back(table);
    plan->unpublished.push_back(table.full_name());
  }
  if (!missing.empty()) plan->publication_statement = add_statement(publication.name, missing);
}

}  // namespace

std::vector<StoppedTable> CapturePlan::stopped_tables() const {
  std::vector<StoppedTable> out;
  for (const RefusedTable& each : refused) out.push_back({each.table, each.problem.text()});
  return out;
}

CapturePlan plan_tables(const std::vector<TableFacts>& facts, const std::string& source,
                        const std::string& role) {
  CapturePlan plan;
  for (const TableFacts& table : facts) plan_table(table, nullptr, source, role, &plan);
  return plan;
}

CapturePlan plan_captures(const std::vector<TableFacts>& facts,
                          const std::optional<PublicationFacts>& publication,
                          const PostgresConfig& config, const ServerFacts& server) {
  CapturePlan plan;
  const PublicationFacts* published = publication ? &*publication : nullptr;
  for (const TableFacts& table : facts)
    plan_table(table, published, config.name, server.role, &plan);
  if (facts.empty()) {
    plan.problem =
        CaptureProblem{fmt::format("no table matches {}", fmt::join(config.tables, ", ")), ""};
  } else if (plan.facts.empty()) {
    plan.problem = CaptureProblem{"no table can be captured", ""};
  } else if (published != nullptr) {
    plan.problem = problem_of(*published);
    plan_additions(*published, &plan);
  } else {
    plan_publication(config.name, server, &plan);
  }
  return plan;
}

}  // namespace leat::cdc
