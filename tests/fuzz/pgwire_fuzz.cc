// Any bytes from a client get well-formed messages back, the same ones however the bytes were cut.
//
// The input is a list of messages: a type, a length, a body of that many bytes; they are framed
// here, so that the fuzzer need not find out how. Type 0 stands for bytes without a frame.
#include "log/base/bytes.h"
#include "log/base/check.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/fuzz_relations.h"
#include "views/query.h"
#include "views/serve/pg_session.h"

using namespace leat;
using namespace leat::views::serve;
namespace sql = leat::views::sql;

namespace {

constexpr size_t kQueryBytesMax = 4 << 20;

const test::MemoryRelations& relations() {
  static const test::MemoryRelations views = fuzz::make_relations(views::RelationKind::view);
  return views;
}

class Query final : public BoundQuery {
 public:
  explicit Query(sql::QueryPlan plan) : plan_(std::move(plan)) {}
  const std::vector<sql::OutputColumn>& columns() const override { return plan_.relation.columns; }
  sql::SqlResult<void> run(const views::ReadSnapshot& snapshot,
                           const RowCallback& row) const override {
    auto done = views::evaluate(plan_, snapshot, kQueryBytesMax, row);
    if (!done.ok()) return sql::SqlError{done.error().message, done.error().sqlstate, "", -1};
    return Ok{};
  }

 private:
  sql::QueryPlan plan_;
};

class Service final : public QueryService {
 public:
  Result<std::shared_ptr<const views::ReadSnapshot>> snapshot() const override {
    return std::shared_ptr<const views::ReadSnapshot>(&relations(), [](const auto*) {});
  }
  sql::SqlResult<StatementShape> describe(std::string_view text,
                                          const std::vector<uint32_t>& types) const override {
    LEAT_ASSIGN_OR_RETURN(auto plan, sql::plan_query(text, relations(), types, {}));
    return StatementShape{plan.parameter_types, plan.relation.columns};
  }
  sql::SqlResult<std::unique_ptr<BoundQuery>> bind(
      std::string_view text, const std::vector<uint32_t>& types,
      const std::vector<sql::Parameter>& parameters) const override {
    LEAT_ASSIGN_OR_RETURN(auto plan, sql::plan_query(text, relations(), types, parameters));
    return std::unique_ptr<BoundQuery>(std::make_unique<Query>(std::move(plan)));
  }
  std::vector<views::ViewStatus> views() const override { return {}; }
};

void append_framed(char type, std::string_view body, std::string* out) {
  if (type != 0) {
    out->push_back(type);
    append_be(out, static_cast<uint32_t>(body.size() + 4));
  }
  out->append(body);
}

std::string startup_packet() {
  std::string body;
  append_be(&body, uint32_t{3} << 16);
  body += std::string_view("user\0me\0\0", 9);
  std::string packet;
  append_be(&packet, static_cast<uint32_t>(body.size() + 4));
  return packet + body;
}

// All that the session answers to BYTES, given to it in pieces of PIECE_BYTES.
std::string answers(std::string_view bytes, size_t piece_bytes) {
  static const Service service;
  std::string out;
  SessionContext context;
  context.service = &service;
  context.clock = &Clock::system();
  context.cancel = [](uint32_t, uint32_t) {};
  SessionLimits limits;
  limits.message_bytes_max = 64 << 10;
  limits.statements_max = 8;
  PgSession session(std::move(context), limits, [&out](std::string_view written) {
    out += written;
    return Status();
  });
  for (size_t at = 0; at < bytes.size(); at += piece_bytes) {
    if (!session.receive(bytes.substr(at, piece_bytes))) break;
  }
  return out;
}

void check_messages(std::string_view bytes) {
  while (!bytes.empty()) {
    LEAT_CHECK(bytes.size() >= 5);
    uint32_t size = ByteReader(bytes.substr(1)).be<uint32_t>();
    LEAT_CHECK(size >= 4 && size < bytes.size());
    bytes.remove_prefix(1 + size);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  std::string bytes = startup_packet();
  while (!input.empty()) {
    auto type = static_cast<char>(input.byte());
    append_framed(type, input.piece(), &bytes);
  }
  std::string whole = answers(bytes, bytes.size());
  check_messages(whole);
  LEAT_CHECK(answers(bytes, 7) == whole);
  return 0;
}
