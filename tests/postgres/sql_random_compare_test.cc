// Random joins, conditions and groupings, by Leat and by PostgreSQL.
#include <catch2/catch.hpp>

#include "tests/postgres/sql_database.h"
#include "tests/support/random.h"

using namespace leat;
using namespace leat::test;

namespace {

struct Table {
  const char* name;
  std::vector<const char*> integers;  // what can be joined by
  std::vector<const char*> others;
  std::vector<const char*> conditions;  // with %.column for the alias
};

const std::vector<Table>& tables() {
  static const std::vector<Table> all = {
      {"customers",
       {"id"},
       {"name", "city", "credit", "active", "since", "code"},
       {"%.id > 2", "%.city = 'London'", "%.active", "%.credit IS NOT NULL", "NOT %.active",
        "%.name LIKE '%%a'"}},
      {"products",
       {"id", "parent_id"},
       {"name", "price", "sku"},
       {"%.price > 1", "%.parent_id IS NULL", "%.id IN (10, 12, 13)"}},
      {"orders",
       {"id", "customer_id", "product_id", "quantity"},
       {"placed", "rating"},
       {"%.quantity > 1", "%.customer_id = 1", "%.discount < 1", "%.placed IS NULL",
        "%.quantity BETWEEN 1 AND 5"}},
      {"visits",
       {"customer_id", "minutes"},
       {"day", "at"},
       {"%.minutes > 5", "%.day = '2026-01-01'", "%.at IS NOT NULL"}},
  };
  return all;
}

class Generator {
 public:
  explicit Generator(Random& random) : random_(random) {}

  std::string select() {
    used_.clear();
    std::string from = table();
    size_t joins = random_.below(4);
    for (size_t i = 0; i < joins; ++i) from += join();
    std::string where;
    for (size_t i = random_.below(3); i > 0; --i)
      where += (where.empty()       ? " WHERE "
                : random_.one_in(4) ? " OR "
                                    : " AND ") +
               condition(random_.below(used_.size()));
    return random_.one_in(2) ? plain(from, where) : grouped(from, where);
  }

 private:
  static std::string alias(size_t index) { return "t" + std::to_string(index); }

  std::string table() {
    used_.push_back(&tables()[random_.below(tables().size())]);
    return std::string(used_.back()->name) + " " + alias(used_.size() - 1);
  }

  std::string integer(size_t index) {
    const auto& columns = used_[index]->integers;
    return alias(index) + "." + columns[random_.below(columns.size())];
  }

  std::string any_column(size_t index) {
    const auto& others = used_[index]->others;
    return random_.one_in(2) ? integer(index)
                             : alias(index) + "." + others[random_.below(others.size())];
  }

  std::string condition(size_t index) {
    const auto& conditions = used_[index]->conditions;
    std::string text;
    for (const char* at = conditions[random_.below(conditions.size())]; *at; ++at) {
      if (*at == '%' && at[1] == '%')
        text += *at++;
      else if (*at == '%')
        text += alias(index);
      else
        text += *at;
    }
    return text;
  }

  std::string join() {
    size_t left = random_.below(used_.size());
    const char* kind = random_.one_in(2)   ? " JOIN "
                       : random_.one_in(3) ? " RIGHT JOIN "
                                           : " LEFT JOIN ";
    std::string text = kind + table();
    size_t right = used_.size() - 1;
    text += " ON " + integer(left) + " = " + integer(right);
    if (random_.one_in(4)) text += " AND " + integer(left) + " = " + integer(right);
    if (random_.one_in(3)) text += " AND " + condition(right);
    if (random_.one_in(3)) text += " AND " + condition(left);
    return text;
  }

  std::string plain(const std::string& from, const std::string& where) {
    std::string list;
    for (size_t i = 0; i <= random_.below(4); ++i)
      list += (list.empty() ? "" : ", ") + any_column(random_.below(used_.size())) + " AS c" +
              std::to_string(i);
    return "SELECT " + std::string(random_.one_in(5) ? "DISTINCT " : "") + list + " FROM " + from +
           where;
  }

  std::string grouped(const std::string& from, const std::string& where) {
    std::string group = any_column(random_.below(used_.size()));
    std::string number = integer(random_.below(used_.size()));
    std::string text = "SELECT " + group + " AS g, count(*) AS n, sum(" + number + ") AS s, min(" +
                       number + ") AS lo, max(" + number + ") AS hi, count(" +
                       any_column(random_.below(used_.size())) + ") AS c FROM " + from + where +
                       " GROUP BY " + group;
    return random_.one_in(3) ? text + " HAVING count(*) > 1" : text;
  }

  Random& random_;
  std::vector<const Table*> used_;
};

}  // namespace

TEST_CASE("RandomJoinsAndGroupingsGiveTheRowsThatPostgresGives") {
  MemoryRelations relations = database().relations(views::RelationKind::table_topic);
  const uint64_t start = seed();
  INFO("LEAT_SEED=" << start);
  Random random(start);
  Generator generator(random);
  for (int i = 0; i < 400; ++i) {
    std::string sql = generator.select();
    INFO(sql);
    auto view = views::sql::plan_view(sql, relations);
    INFO((view.ok() ? "" : views::sql::describe(view.error(), "view", sql)));
    REQUIRE(view.ok());
    views::sql::QueryPlan plan;
    plan.relation = std::move(view).value();
    Answer leat = sorted(evaluate_plan(plan, relations));
    Answer postgres = sorted(database().run(sql));
    REQUIRE(leat.oids == postgres.oids);
    REQUIRE(leat.rows == postgres.rows);
  }
}
