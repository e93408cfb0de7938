#include <libpq-fe.h>

#include <cstdio>

#include "examples/shop/database.h"

namespace shop {
namespace {

class Postgres final : public Database {
 public:
  explicit Postgres(const std::string& uri) : connection_(PQconnectdb(uri.c_str()), PQfinish) {}

  bool is_connected() const { return PQstatus(connection_.get()) == CONNECTION_OK || failed(); }

  bool run(const std::string& statement) override {
    Answer answer(PQexec(connection_.get(), statement.c_str()), PQclear);
    return PQresultStatus(answer.get()) == PGRES_COMMAND_OK || failed();
  }

 private:
  using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

  bool failed() const {
    std::fprintf(stderr, "shop_driver: %s", PQerrorMessage(connection_.get()));
    return false;
  }

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

}  // namespace

std::unique_ptr<Database> connect_postgres(const std::string& uri) {
  auto out = std::make_unique<Postgres>(uri);
  if (!out->is_connected()) return nullptr;
  return out;
}

}  // namespace shop
