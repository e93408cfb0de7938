// The corpus's tables in a real PostgreSQL and, with the same rows, in Leat's memory.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "log/model/text_format.h"
#include "tests/support/memory_relations.h"
#include "tests/support/postgres_server.h"
#include "tests/support/source_root.h"
#include "tests/support/sql_corpus.h"
#include "views/query.h"
#include "views/sql/sql.h"

namespace leat::test {

inline std::string corpus(const std::string& name) {
  return source_root() / "tests/sql/corpus" / name;
}

// Leat knows varchar as text.
inline uint32_t comparable_oid(uint32_t oid) {
  return oid == 1043 ? 25 : oid;
}

struct Answer {
  std::vector<std::string> names;
  std::vector<uint32_t> oids;
  std::vector<TextRow> rows;
};

class Database {
 public:
  Database() {
    auto server = PostgresServer::start();
    REQUIRE(server.ok());
    server_ = std::move(server).value();
    auto client = PostgresClient::connect(server_->uri());
    REQUIRE(client.ok());
    client_ = std::move(client).value();
    for (const std::string& statement : read_corpus(corpus("tables.sql")))
      REQUIRE(client_->execute(statement).ok());
  }

  // The tables as the log's topics, or as views.
  MemoryRelations relations(views::RelationKind kind) {
    MemoryRelations result;
    for (const char* table : {"customers", "products", "orders", "visits"})
      copy(table, kind, &result);
    return result;
  }

  Answer run(const std::string& sql) {
    auto rows = client_->query(sql);
    INFO("PostgreSQL: " << (rows.ok() ? "" : rows.error().message()));
    REQUIRE(rows.ok());
    Answer answer{client_->description().column_names, client_->description().column_oids, *rows};
    for (uint32_t& oid : answer.oids) oid = comparable_oid(oid);
    return answer;
  }

  PostgresClient& client() { return *client_; }

 private:
  void copy(const std::string& table, views::RelationKind kind, MemoryRelations* to) {
    Answer rows = run("SELECT * FROM " + table);
    auto types = run("SELECT atttypid, atttypmod FROM pg_attribute WHERE attrelid = '" + table +
                     "'::regclass AND attnum > 0 ORDER BY attnum");
    auto keys =
        run("SELECT unnest(conkey) FROM pg_constraint WHERE contype = 'p' AND conrelid = '" +
            table + "'::regclass");
    std::vector<Column> columns;
    for (size_t i = 0; i < rows.names.size(); ++i) {
      TypeId id;
      REQUIRE(type_of_postgres_oid(static_cast<uint32_t>(std::stoul(*types.rows[i][0])), &id));
      columns.push_back({rows.names[i], Type{id, std::stoi(*types.rows[i][1])}, true});
    }
    std::vector<int> key_columns;
    for (const TextRow& key : keys.rows) key_columns.push_back(std::stoi(*key[0]) - 1);
    std::string name = kind == views::RelationKind::view ? table : "shop.public." + table;
    to->add(kind, name, columns, key_columns);
    for (const TextRow& row : rows.rows) to->insert(name, row);
  }

  std::unique_ptr<PostgresServer> server_;
  std::unique_ptr<PostgresClient> client_;
};

inline Database& database() {
  static Database shared;
  return shared;
}

inline Answer evaluate_plan(const views::sql::QueryPlan& plan, const MemoryRelations& relations) {
  Answer answer;
  for (const auto& column : plan.relation.columns) {
    answer.names.push_back(column.name);
    answer.oids.push_back(postgres_oid(column.type.id));
  }
  auto status = views::evaluate(plan, relations, 64 << 20, [&](std::span<const Datum> row) {
    TextRow text(row.size());
    for (size_t i = 0; i < row.size(); ++i) {
      if (row[i].is_null()) continue;
      append_text(plan.relation.columns[i].type.id, row[i], &text[i].emplace());
    }
    answer.rows.push_back(std::move(text));
    return true;
  });
  INFO("evaluate: " << (status.ok() ? "" : status.error().message));
  CHECK(status.ok());
  return answer;
}

inline void check_equal(const Answer& leat, const Answer& postgres) {
  CHECK(leat.names == postgres.names);
  CHECK(leat.oids == postgres.oids);
  CHECK(leat.rows == postgres.rows);
}

inline Answer sorted(Answer answer) {
  std::sort(answer.rows.begin(), answer.rows.end());
  return answer;
}

}  // namespace leat::test
