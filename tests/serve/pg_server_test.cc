// Real clients over a relation in memory.
#include "views/serve/pg_server.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <thread>

#include "tests/serve/client.h"
#include "tests/serve/fake_service.h"
#include "tests/support/process.h"

namespace leat::views::serve {
namespace {

using Catch::Contains;
using Catch::EndsWith;
using test::run_to_end;

struct Fixture {
  test::FakeService service;
  std::unique_ptr<PgServer> server;
  test::TempDir dir;

  explicit Fixture(PgServerOptions options = {}) {
    service.add({1, "one", true, 0.5});
    service.add({2, "zwölf", false, -1});
    options.port = 0;
    auto started = PgServer::start(options, service, Clock::system());
    REQUIRE(started.ok());
    server = std::move(*started);
  }

  std::string port() const { return std::to_string(server->port()); }

  std::string psql(const std::string& sql) {
    auto done = run_to_end({{"psql", "-X", "-A", "-t", "-h", "127.0.0.1", "-p", port(), "-d",
                             "leat", "-U", "me", "-v", "ON_ERROR_STOP=1", "-c", sql},
                            {},
                            dir / "psql.out",
                            ""});
    return done.ok() ? *done : done.error().message();
  }

  // Runs Python with `conn` connected by psycopg 3.
  std::string python(const std::string& code) {
    std::ofstream(dir / "test.py")
        << "import psycopg\nconn = psycopg.connect('host=127.0.0.1 port=" << port()
        << " dbname=leat user=me')\n"
        << code;
    auto done = run_to_end({{"/usr/bin/python3", dir / "test.py"}, {}, dir / "python.out", ""});
    return done.ok() ? *done : done.error().message();
  }
};

TEST_CASE("PsqlReadsRowsAndSeesErrors") {
  Fixture f;
  CHECK(f.psql("SELECT * FROM t") == "1|one|t|0.5\n2|zwölf|f|-1\n");
  CHECK(f.psql("SHOW CUT") == "7\n");
  std::string refused = f.psql("DELETE FROM t");
  CHECK_THAT(refused, Contains("cannot execute DELETE in a read-only transaction"));
  CHECK_THAT(f.psql("SELECT * FROM nothing"), Contains("did you mean t?") && Contains("LINE 1"));
}

TEST_CASE("PsycopgReadsWithParametersTextAndBinary") {
  Fixture f;
  std::string printed = f.python(R"(
print(conn.execute("SELECT * FROM t").fetchall())
for _ in range(8):  # the sixth run is prepared by name
    row = conn.execute("SELECT * FROM t WHERE id = %s", (2,)).fetchone()
print(row)
with conn.cursor(binary=True) as cur:
    print(cur.execute("SELECT * FROM t WHERE id = %b", (1,)).fetchall())
print([d.name for d in conn.execute("SHOW VIEWS").description])
conn.commit()
)");
  CHECK(printed ==
        "[(1, 'one', True, 0.5), (2, 'zwölf', False, -1.0)]\n"
        "(2, 'zwölf', False, -1.0)\n"
        "[(1, 'one', True, 0.5)]\n"
        "['name', 'state', 'rows', 'cut', 'behind', 'note']\n");
}

TEST_CASE("PsycopgRecoversFromErrorsAndPinsACut") {
  Fixture f;
  std::string printed = f.python(R"(
try:
    conn.execute("SELECT * FROM x WHERE id = %s", (1,))
except psycopg.errors.UndefinedTable as e:
    print("refused:", e.diag.message_hint)
conn.rollback()
conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
with conn.transaction():
    print(conn.execute("SHOW CUT").fetchone(), conn.info.transaction_status.name)
    with conn.pipeline():
        a = conn.execute("SELECT * FROM t WHERE id = %s", (1,))
        b = conn.execute("SELECT * FROM t WHERE id = %s", (2,))
        print(a.fetchone()[1], b.fetchone()[1])
try:
    conn.execute("UPDATE t SET id = 1")
except psycopg.errors.ReadOnlySqlTransaction:
    print("read only")
)");
  CHECK(printed == "refused: did you mean t?\n(7,) INTRANS\none zwölf\nread only\n");
}

TEST_CASE("LargeResultStreamsThroughABoundedBuffer") {
  Fixture f;
  for (int i = 0; i < 50'000; ++i) f.service.add({i, std::string(100, 'x'), true, 1});
  std::string printed = f.python("print(len(conn.execute('SELECT * FROM t').fetchall()))\n");
  CHECK(printed == "50002\n");
}

// No row ever matches, and the relation has no end.
TEST_CASE("LongScanWithoutAMatchEndsByACancelRequestAndByItsTimeout") {
  Fixture f;
  f.service.endless = true;
  CHECK(f.python(R"(
import threading
done = threading.Event()
def cancel():
    while not done.wait(0.02):
        conn.cancel()
thread = threading.Thread(target=cancel)
thread.start()
try:
    conn.execute("SELECT * FROM t WHERE id = %s", (99,))
except psycopg.errors.QueryCanceled as e:
    print(e)
done.set()
thread.join()
conn.rollback()
conn.autocommit = True
conn.execute("SET statement_timeout = '20ms'")
try:
    conn.execute("SELECT * FROM t WHERE id = %s", (99,))
except psycopg.errors.QueryCanceled as e:
    print(e)
)") == "canceling statement due to user request\ncanceling statement due to statement timeout\n");
}

TEST_CASE("LongScanWithoutAMatchEndsWhenItsClientHasGone") {
  Fixture f;
  f.service.endless = true;
  CHECK(f.python(R"(
conn.pgconn.send_query_params(b"SELECT * FROM t WHERE id = $1", [b"99"])
while conn.pgconn.flush() == 1:
    pass
conn.pgconn.finish()
print("gone")
)") == "gone\n");
  for (int i = 0; i < 6000 && f.server->connections() > 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK(f.server->connections() == 0);
}

TEST_CASE("ClientOverTheLimitIsToldSo") {
  PgServerOptions options;
  options.sockets.connections_max = 1;
  Fixture f(options);
  test::Client first(f.server->port());
  first.send(std::string_view("\0\0\0\x11\0\3\0\0user\0me\0\0", 17));
  first.read_until("Z");
  CHECK_THAT(f.psql("SHOW CUT"), Contains("too many clients"));
}

TEST_CASE("SilentClientIsSentAwayAndStopEndsTheRest") {
  PgServerOptions options;
  options.login_timeout = std::chrono::milliseconds(20);
  Fixture f(options);
  test::Client silent(f.server->port());
  CHECK_THAT(silent.read_to_end(), Contains("57P05"));
  test::Client logged_in(f.server->port());
  logged_in.send(std::string_view("\0\0\0\x11\0\3\0\0user\0me\0\0", 17));
  logged_in.read_until("Z");
  f.server->stop();
  CHECK(logged_in.read_to_end().size() < 100);
}

TEST_CASE("SqlRefusesToListenBeyondLoopback") {
  test::FakeService service;
  PgServerOptions options;
  options.host = "0.0.0.0";
  auto started = PgServer::start(options, service, Clock::system());
  CHECK_THAT(started.error().message(), Contains("not a loopback address"));
}

}  // namespace
}  // namespace leat::views::serve
