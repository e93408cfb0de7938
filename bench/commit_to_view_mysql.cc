// commit-to-view-mysql: commit_to_view.h over a MariaDB that syncs its binlog and its engine's log
// at every commit. Last line: `commit-to-view-mysql ratio=X`, X = 10 ms / p99 at 1,000 transactions
// a second.
#include "bench/commit_to_view.h"
#include "tests/support/mysql_server.h"

using namespace leat;
using namespace leat::bench;
using namespace leat::test;

namespace {

constexpr auto kSchema = R"(
CREATE DATABASE shop; USE shop;
CREATE TABLE customers (id int PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE products (id int PRIMARY KEY, name varchar(40) NOT NULL, price decimal(10,2) NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL, product_id int NOT NULL,
                     quantity bigint NOT NULL);
INSERT INTO customers SELECT seq, concat('customer ', seq) FROM seq_1_to_10000;
INSERT INTO products SELECT seq, concat('product ', seq), seq * 0.25 FROM seq_1_to_1000;
INSERT INTO orders SELECT seq, 1 + seq % 10000, 1 + seq % 1000, 0 FROM seq_1_to_100000;
)";

}  // namespace

int main() {
  std::string missing = MysqlServer::why_missing(MysqlKind::mariadb);
  if (!missing.empty()) fail(missing);
  auto server = take(
      MysqlServer::start({.kind = MysqlKind::mariadb,
                          .options = {"--sync-binlog=1", "--innodb-flush-log-at-trx-commit=1"}}));
  require(take(MysqlClient::connect(server->port()))->execute(kSchema));
  auto connect = [&] {
    std::shared_ptr client = take(MysqlClient::connect(server->port(), "shop"));
    return [client](const std::string& statements) { require(client->execute(statements)); };
  };
  run_commit_to_view("commit-to-view-mysql",
                     {fmt::format("mysql://root@127.0.0.1:{}/shop", server->port()), connect});
}
