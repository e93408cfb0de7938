// commit-to-view: commit_to_view.h over a PostgreSQL with fsync on. Last line: `commit-to-view
// ratio=X`, X = 10 ms / p99 at 1,000 transactions a second.
#include "bench/commit_to_view.h"

#include "tests/support/postgres_server.h"

using namespace leat;
using namespace leat::bench;
using namespace leat::test;

namespace {

constexpr auto kSchema = R"(
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL, price numeric(10,2) NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL, product_id int NOT NULL,
                     quantity bigint NOT NULL);
INSERT INTO customers SELECT i, 'customer ' || i FROM generate_series(1, 10000) i;
INSERT INTO products SELECT i, 'product ' || i, i * 0.25 FROM generate_series(1, 1000) i;
INSERT INTO orders SELECT i, 1 + i % 10000, 1 + i % 1000, 0 FROM generate_series(1, 100000) i;
)";

}  // namespace

int main() {
  auto server =
      take(PostgresServer::start({.settings = {"fsync = on"}, .authentication = "trust"}));
  require(take(PostgresClient::connect(server->uri()))->execute(kSchema));
  auto connect = [&] {
    std::shared_ptr client = take(PostgresClient::connect(server->uri()));
    return [client](const std::string& statements) { require(client->execute(statements)); };
  };
  run_commit_to_view("commit-to-view", {server->uri(), connect});
}
