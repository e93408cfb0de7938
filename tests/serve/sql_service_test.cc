// SQL over maintained views, asked by real clients.
#include "views/serve/sql_service.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/views/fixture.h"
#include "views/serve/pg_server.h"

namespace leat::views::serve {
namespace {

using Catch::Contains;
using test::run_to_end;

struct Fixture {
  test::ViewsFixture views;
  std::unique_ptr<SqlService> service;
  std::unique_ptr<PgServer> server;

  ~Fixture() { server.reset(); }

  void open(const std::vector<std::string>& definitions) {
    views.open(definitions);
    service = std::make_unique<SqlService>(*views.maintainer, size_t{16} << 20);
    PgServerOptions options;
    options.port = 0;
    auto started = PgServer::start(options, *service, Clock::system());
    REQUIRE(started.ok());
    server = std::move(*started);
  }

  std::string psql(const std::string& sql) {
    auto done = run_to_end(
        {{"psql", "-X", "-A", "-t", "-h", "127.0.0.1", "-p", std::to_string(server->port()), "-d",
          "leat", "-U", "me", "-v", "ON_ERROR_STOP=1", "-c", sql},
         {},
         views.dir_ / "psql.out",
         ""});
    return done.ok() ? *done : done.error().message();
  }

  std::string python(const std::string& code) {
    std::ofstream(views.dir_ / "test.py")
        << "import psycopg\nconn = psycopg.connect('host=127.0.0.1 port=" << server->port()
        << " dbname=leat user=me')\n"
        << code;
    auto done = run_to_end(
        {{"/usr/bin/python3", views.dir_ / "test.py"}, {}, views.dir_ / "python.out", ""});
    return done.ok() ? *done : done.error().message();
  }
};

void fill(Fixture& f) {
  f.views.shop.begin();
  f.views.shop.set_customer(1, "Ada");
  f.views.shop.set_customer(2, "Zoë");
  for (int64_t id = 1; id <= 5; ++id) {
    f.views.shop.set_order(id, test::Order{1 + id % 2, id * 10});
  }
  f.views.shop.switch_in();
}

TEST_CASE("PsqlQueriesMaintainedViews") {
  Fixture f;
  f.open({test::kLinesSql, test::kTotalsSql});
  fill(f);
  f.views.wait_live(CutId(1), {"lines", "totals"});
  CHECK(f.psql("SELECT * FROM lines WHERE amount > 20 ORDER BY id DESC LIMIT 2") ==
        "5|Zoë|50\n4|Ada|40\n");
  CHECK(f.psql("SELECT l.name, t.total FROM lines l JOIN totals t ON t.total = l.amount + 50 "
               "ORDER BY 1, 2") == "Ada|90\nZoë|60\n");
  CHECK(f.psql("SELECT name, count(*), sum(amount) FROM lines GROUP BY name ORDER BY name") ==
        "Ada|2|60\nZoë|3|90\n");
  CHECK_THAT(f.psql("SHOW VIEWS"), Contains("lines|live|5|") && Contains("totals|live|2|"));
  CHECK_THAT(f.psql("SELECT nothing FROM lines"),
             Contains("nothing") && Contains("does not exist"));
  CHECK_THAT(f.psql("SELECT * FROM lnes"), Contains("did you mean lines?"));
  CHECK_THAT(f.psql("SELECT * FROM orders"), Contains("orders"));
}

TEST_CASE("PsycopgBindsParametersOverMaintainedViews") {
  Fixture f;
  f.open({test::kLinesSql});
  fill(f);
  f.views.wait_live(CutId(1), {"lines"});
  CHECK(f.python(R"(
print(conn.execute("SELECT id, amount FROM lines WHERE name = %s AND amount < %s ORDER BY id",
                   ("Ada", 40)).fetchall())
with conn.cursor(binary=True) as cur:
    print(cur.execute("SELECT * FROM lines WHERE id = %s", (3,)).fetchall())
)") == "[(2, 20)]\n[(3, 'Zoë', 30)]\n");
}

// Money moves between customers, two orders at a time: the sum that a reader sees never changes,
// the cut never goes back, and in one REPEATABLE READ transaction nothing moves at all.
TEST_CASE("ReadersSeeWholeTransactionsAndTimeThatOnlyGoesOn") {
  Fixture f;
  f.open({test::kLinesSql, test::kTotalsSql});
  fill(f);
  f.views.wait_live(CutId(1), {"lines", "totals"});
  std::atomic<bool> done = false;
  std::string printed;
  std::thread reader([&] {
    printed = f.python(R"(
conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
last = 0
for i in range(200):
    with conn.transaction():
        a = conn.execute("SELECT sum(amount) FROM lines").fetchone()[0]
        cut = conn.execute("SHOW CUT").fetchone()[0]
        b = conn.execute("SELECT sum(total) FROM totals").fetchone()[0]
        assert a == 150 and b == 150, (a, b)
        assert cut >= last
        assert cut == conn.execute("SHOW CUT").fetchone()[0]
        last = cut
print("fine")
)");
    done = true;
  });
  for (int64_t i = 0; !done; ++i) {
    const auto& orders = f.views.shop.now().orders;
    test::Order from = orders.at(1 + i % 5);
    test::Order to = orders.at(1 + (i + 2) % 5);
    *from.amount -= 7;
    *to.amount += 7;
    from.customer = 3 - from.customer;
    f.views.shop.set_order(1 + i % 5, from);
    f.views.shop.set_order(1 + (i + 2) % 5, to);
    f.views.shop.commit();
  }
  reader.join();
  CHECK(printed == "fine\n");
}

TEST_CASE("RowErrorIsWhatTheClientSees") {
  Fixture f;
  f.open({"CREATE MATERIALIZED VIEW shares AS SELECT id, 100 / amount AS share FROM orders"});
  f.views.shop.begin();
  f.views.shop.set_order(1, test::Order{1, 0});
  f.views.shop.switch_in();
  f.views.wait_live(CutId(1), {"shares"});
  CHECK_THAT(f.psql("SELECT * FROM shares"), Contains("division by zero"));
}

}  // namespace
}  // namespace leat::views::serve
