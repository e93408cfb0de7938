#include "views/serve/pg_session.h"

#include <catch2/catch.hpp>

#include "log/base/bytes.h"
#include "tests/serve/fake_service.h"

namespace leat::views::serve {
namespace {

using Catch::Contains;
using test::FakeService;

class ManualClock final : public Clock {
 public:
  int64_t unix_us() const override { return 0; }
  std::chrono::nanoseconds monotonic() const override { return now; }
  std::chrono::nanoseconds now{};
};

std::string message(char type, std::string_view body) {
  std::string out(1, type);
  append_be<uint32_t>(&out, static_cast<uint32_t>(body.size() + 4));
  return out + std::string(body);
}
std::string z(std::string_view text) {
  return std::string(text) + '\0';
}
std::string be16(int16_t value) {
  std::string out;
  append_be(&out, value);
  return out;
}
std::string be32(int32_t value) {
  std::string out;
  append_be(&out, value);
  return out;
}

std::string query(std::string_view sql) {
  return message('Q', z(sql));
}
std::string parse(std::string_view name, std::string_view sql) {
  return message('P', z(name) + z(sql) + be16(0));
}
std::string bind(std::string_view portal, std::string_view name,
                 const std::vector<std::string>& parameters = {}, int16_t result_format = 0) {
  std::string body = z(portal) + z(name) + be16(0) + be16(static_cast<int16_t>(parameters.size()));
  for (const std::string& value : parameters) {
    body += be32(static_cast<int32_t>(value.size())) + value;
  }
  return message('B', body + be16(1) + be16(result_format));
}
std::string describe(char target, std::string_view name) {
  return message('D', std::string(1, target) + z(name));
}
std::string execute(std::string_view portal, int32_t rows_max = 0) {
  return message('E', z(portal) + be32(rows_max));
}
const std::string kSync = message('S', "");

// The answer as one line of types, and what errors, rows and tags say: "T D(1,one) C(SELECT 1)
// Z(I)".
std::string read_answer(std::string_view bytes) {
  std::string out;
  while (!bytes.empty()) {
    char type = bytes[0];
    auto size = load_be<uint32_t>(bytes.data() + 1);
    ByteReader in(bytes.substr(5, size - 4));
    bytes.remove_prefix(1 + size);
    if (type == 'S' || type == 'K') continue;
    out += out.empty() ? "" : " ";
    out += type;
    if (type == 'C') out += "(" + std::string(in.c_string()) + ")";
    if (type == 'Z') out += "(" + std::string(in.rest()) + ")";
    if (type == 'E') {
      out += "(";
      for (char field = static_cast<char>(in.u8()); field != 0;
           field = static_cast<char>(in.u8())) {
        std::string_view value = in.c_string();
        if (field == 'C') out += std::string(value);
        if (field == 'P') out += " at " + std::string(value);
      }
      out += ")";
    }
    if (type == 'D') {
      out += "(";
      auto columns = in.be<int16_t>();
      for (int16_t i = 0; i < columns; ++i) {
        auto length = in.be<int32_t>();
        out += i == 0 ? "" : ",";
        out += length < 0 ? "NULL" : std::string(in.bytes(static_cast<uint64_t>(length)));
      }
      out += ")";
    }
  }
  return out;
}

struct Fixture {
  FakeService service;
  ManualClock clock;
  SessionLimits limits;
  std::string written;
  std::unique_ptr<PgSession> session;
  uint32_t cancelled_id = 0;

  Fixture() {
    service.add({1, "one", true, 0.5});
    service.add({2, "two", false, -1});
  }

  void start() {
    SessionContext context;
    context.service = &service;
    context.clock = &clock;
    context.cancel = [this](uint32_t id, uint32_t) { cancelled_id = id; };
    session = std::make_unique<PgSession>(std::move(context), limits, [this](std::string_view out) {
      written += out;
      return Status();
    });
    REQUIRE(session->receive(be32(17) + be32(3 << 16) + z("user") + z("me") + '\0'));
    CHECK(read_answer(std::exchange(written, {})) == "R Z(I)");
  }

  std::string send(std::string_view bytes) {
    if (session == nullptr) start();
    session->receive(bytes);
    return read_answer(std::exchange(written, {}));
  }
};

TEST_CASE("SimpleQueryGivesRowsAndATag") {
  Fixture f;
  CHECK(f.send(query("SELECT * FROM t")) == "T D(1,one,t,0.5) D(2,two,f,-1) C(SELECT 2) Z(I)");
}

TEST_CASE("BytesMayComeOneByOne") {
  Fixture f;
  f.start();
  for (char c : query("SELECT * FROM t;")) f.session->receive(std::string_view(&c, 1));
  CHECK_THAT(read_answer(f.written), Contains("C(SELECT 2) Z(I)"));
}

TEST_CASE("SeveralStatementsRunUntilOneFails") {
  Fixture f;
  CHECK(f.send(query("SHOW CUT; SELECT * FROM x; SHOW CUT")) ==
        "T D(7) C(SHOW) E(42P01 at 25) Z(I)");
  CHECK(f.send(query("")) == "I Z(I)");
  CHECK(f.send(query(" ; -- \n;")) == "I Z(I)");
}

TEST_CASE("ErrorPositionCountsCharactersNotBytes") {
  Fixture f;
  CHECK(f.send(query("/* é */ SELECT * FROM x")) == "E(42P01 at 23) Z(I)");
}

TEST_CASE("ExtendedQueryWithTextParameter") {
  Fixture f;
  CHECK(f.send(parse("s", "SELECT * FROM t WHERE id = $1") + describe('S', "s") + kSync) ==
        "1 t T Z(I)");
  CHECK(f.send(bind("", "s", {"2"}) + describe('P', "") + execute("") + kSync) ==
        "2 T D(2,two,f,-1) C(SELECT 1) Z(I)");
}

TEST_CASE("ResultsAreBinaryWhereAsked") {
  Fixture f;
  f.send(parse("", "SELECT * FROM t WHERE id = $1"));
  std::string answer = f.send(bind("", "", {"1"}, 1) + execute("") + kSync);
  std::string one = be32(1);
  CHECK_THAT(answer, Contains("D(" + one + ",one,\x01,"));
}

TEST_CASE("ErrorInExtendedQuerySkipsToSync") {
  Fixture f;
  CHECK(f.send(parse("", "SELECT * FROM x") + bind("", "") + execute("") + query("SHOW CUT") +
               kSync) == "E(42P01 at 15) Z(I)");
  CHECK(f.send(query("SHOW CUT")) == "T D(7) C(SHOW) Z(I)");
}

TEST_CASE("ParameterThatDoesNotParseFailsAtBind") {
  Fixture f;
  CHECK(f.send(parse("", "SELECT * FROM t WHERE id = $1") + bind("", "", {"x"}) + kSync) ==
        "1 E(22P02) Z(I)");
  CHECK(f.send(bind("", "", {}) + kSync) == "E(08P01) Z(I)");
  CHECK(f.send(bind("", "nobody", {}) + kSync) == "E(26000) Z(I)");
  CHECK(f.send(execute("nobody") + kSync) == "E(34000) Z(I)");
}

TEST_CASE("RowLimitSuspendsThePortalUntilItIsFetched") {
  Fixture f;
  f.service.add({3, "three", true, 1});
  CHECK(f.send(query("BEGIN")) == "C(BEGIN) Z(T)");
  CHECK(f.send(parse("", "SELECT * FROM t") + bind("p", "") + execute("p", 2) + kSync) ==
        "1 2 D(1,one,t,0.5) D(2,two,f,-1) s Z(T)");
  CHECK(f.send(execute("p", 2) + kSync) == "D(3,three,t,1) C(SELECT 1) Z(T)");
  CHECK(f.send(query("COMMIT")) == "C(COMMIT) Z(I)");
}

TEST_CASE("CursorOverItsBoundIsRefused") {
  Fixture f;
  f.limits.portal_bytes_max = 30;
  CHECK(f.send(parse("", "SELECT * FROM t") + bind("", "") + execute("", 1) + kSync) ==
        "1 2 E(53400) Z(I)");
}

TEST_CASE("PortalsOutsideOfATransactionEndAtSync") {
  Fixture f;
  f.send(parse("", "SELECT * FROM t") + bind("p", "") + execute("p", 1) + kSync);
  CHECK(f.send(execute("p", 1) + kSync) == "E(34000) Z(I)");
}

TEST_CASE("RepeatableReadSeesOneCutAndReadCommittedTheNewest") {
  Fixture f;
  f.send(query("BEGIN ISOLATION LEVEL REPEATABLE READ"));
  CHECK(f.send(query("SHOW CUT")) == "T D(7) C(SHOW) Z(T)");
  f.service.set_cut(8);
  f.service.add({3, "three", true, 1});
  CHECK(f.send(query("SHOW CUT; SELECT * FROM t")) ==
        "T D(7) C(SHOW) T D(1,one,t,0.5) D(2,two,f,-1) C(SELECT 2) Z(T)");
  f.send(query("COMMIT; BEGIN"));
  CHECK(f.send(query("SHOW CUT")) == "T D(8) C(SHOW) Z(T)");
  f.service.set_cut(9);
  CHECK(f.send(query("SHOW CUT")) == "T D(9) C(SHOW) Z(T)");
}

TEST_CASE("PinnedCutIsLetGoAfterItsTime") {
  Fixture f;
  f.send(query("BEGIN ISOLATION LEVEL REPEATABLE READ; SHOW CUT"));
  REQUIRE(f.session->deadline());
  f.clock.now = *f.session->deadline();
  f.session->on_time();
  CHECK_FALSE(f.session->deadline());
  CHECK(f.send(query("SHOW CUT")) == "E(72000) Z(E)");
  CHECK(f.send(query("ROLLBACK; SHOW CUT")) == "C(ROLLBACK) T D(7) C(SHOW) Z(I)");
}

TEST_CASE("FailedTransactionAcceptsOnlyItsEnd") {
  Fixture f;
  CHECK(f.send(query("BEGIN; SELECT * FROM x")) == "C(BEGIN) E(42P01 at 22) Z(E)");
  CHECK(f.send(query("SELECT * FROM t")) == "E(25P02) Z(E)");
  CHECK(f.send(parse("", "SELECT * FROM t") + kSync) == "E(25P02) Z(E)");
  CHECK(f.send(query("COMMIT")) == "C(ROLLBACK) Z(I)");
}

TEST_CASE("WritesAreRefused") {
  Fixture f;
  CHECK(f.send(query("INSERT INTO t VALUES (1)")) == "E(25006) Z(I)");
}

TEST_CASE("SettingsThatWouldChangeResultsAreRefused") {
  Fixture f;
  CHECK(f.send(query("SET application_name TO 'x'; SHOW application_name")) ==
        "C(SET) T D(x) C(SHOW) Z(I)");
  CHECK(f.send(query("SET timezone TO 'Europe/Berlin'")) == "E(22023) Z(I)");
  CHECK(f.send(query("SET nonsense TO 1")) == "E(42704) Z(I)");
  CHECK(f.send(query("SET server_version TO 1")) == "E(55P02) Z(I)");
  CHECK(f.send(query("DISCARD ALL; SHOW application_name")) == "C(DISCARD ALL) T D() C(SHOW) Z(I)");
}

TEST_CASE("ShowViewsTellsHowEachStands") {
  Fixture f;
  CHECK(f.send(query("SHOW VIEWS")) ==
        "T D(t,live,2,7,3 ms,) D(top,building,NULL,NULL,41 %,) C(SHOW) Z(I)");
}

TEST_CASE("PreparedStatementsAreNamedOnceAndForgottenOnDeallocate") {
  Fixture f;
  CHECK(f.send(parse("s", "SHOW CUT") + parse("s", "SHOW CUT") + kSync) == "1 E(42P05) Z(I)");
  CHECK(f.send(query("DEALLOCATE s")) == "C(DEALLOCATE) Z(I)");
  CHECK(f.send(query("DEALLOCATE s")) == "E(26000) Z(I)");
  CHECK(f.send(parse("", "SHOW CUT; SHOW CUT") + kSync) == "E(42601) Z(I)");
  f.limits.statements_max = 1;
  Fixture bounded;
  bounded.limits.statements_max = 1;
  CHECK(bounded.send(parse("a", "SHOW CUT") + parse("b", "SHOW CUT") + kSync) == "1 E(53400) Z(I)");
}

TEST_CASE("NothingIsReadBeforeThereIsACut") {
  Fixture f;
  f.service.set_cut(0);
  CHECK(f.send(query("SELECT * FROM t")) == "E(57P03) Z(I)");
}

TEST_CASE("CancelEndsTheRunningStatement") {
  Fixture f;
  f.start();
  f.service.before_rows = [&] { f.session->cancel(); };
  CHECK(f.send(query("SELECT * FROM t")) == "T E(57014) Z(I)");
  f.service.before_rows = {};
  CHECK_THAT(f.send(query("SELECT * FROM t")), Contains("SELECT 2"));
}

TEST_CASE("SessionSetsAShorterTimeForItsStatements") {
  Fixture f;
  for (const char* value : {"0", "1000", "'2s'", "'5 min'", "'250ms'"}) {
    INFO(value);
    CHECK(f.send(query(std::string("SET statement_timeout = ") + value)) == "C(SET) Z(I)");
  }
  CHECK_THAT(f.send(query("SHOW statement_timeout")), Contains("D(250ms)"));
  for (const char* value : {"soon", "'-1'", "'5 weeks'", "99999999999"}) {
    INFO(value);
    CHECK(f.send(query(std::string("SET statement_timeout = ") + value)) == "E(22023) Z(I)");
  }
}

TEST_CASE("StatementOverItsTimeIsCancelled") {
  Fixture f;
  f.start();
  f.limits.executor.statement_max = std::chrono::milliseconds(0);
  f.session = nullptr;
  CHECK(f.send(query("SELECT * FROM t")) == "T E(57014) Z(I)");
}

TEST_CASE("TextThatIsNotUtf8IsRefused") {
  Fixture f;
  CHECK(f.send(query("SELECT '\xff' FROM t")) == "E(22021) Z(I)");
}

TEST_CASE("MessageOverItsBoundEndsTheSession") {
  Fixture f;
  f.limits.message_bytes_max = 100;
  f.start();
  CHECK_FALSE(f.session->receive(std::string("Q") + be32(101)));
  CHECK(read_answer(f.written) == "E(08P01)");
}

TEST_CASE("EncryptionIsDeclinedAndCancelRequestsArePassedOn") {
  Fixture f;
  f.start();
  SessionContext context;
  context.service = &f.service;
  context.clock = &f.clock;
  context.cancel = [&](uint32_t id, uint32_t) { f.cancelled_id = id; };
  std::string written;
  PgSession other(std::move(context), {}, [&](std::string_view out) {
    written += out;
    return Status();
  });
  CHECK(other.receive(be32(8) + be32(80'877'103)));
  CHECK(written == "N");
  CHECK_FALSE(other.receive(be32(16) + be32(80'877'102) + be32(42) + be32(0)));
  CHECK(f.cancelled_id == 42);
}

}  // namespace
}  // namespace leat::views::serve
