#include <mysql.h>

#include <cstdio>

#include "examples/shop/database.h"

namespace shop {
namespace {

struct Place {
  char user[64] = "";
  char host[256] = "";
  unsigned port = 0;
  char database[65] = "";
};

bool parse(const std::string& uri, Place* out) {
  constexpr int kParts = 4;
  return std::sscanf(uri.c_str(), "mysql://%63[^@]@%255[^:]:%u/%64s", out->user, out->host,
                     &out->port, out->database) == kParts;
}

class Mariadb final : public Database {
 public:
  Mariadb() : connection_(mysql_init(nullptr), mysql_close) {}

  bool connect(const Place& to) {
    return mysql_real_connect(connection_.get(), to.host, to.user, "", to.database, to.port,
                              nullptr, 0) != nullptr ||
           failed();
  }

  bool run(const std::string& statement) override {
    return mysql_query(connection_.get(), statement.c_str()) == 0 || failed();
  }

 private:
  bool failed() const {
    std::fprintf(stderr, "shop_driver: %s\n", mysql_error(connection_.get()));
    return false;
  }

  std::unique_ptr<MYSQL, decltype(&mysql_close)> connection_;
};

}  // namespace

std::unique_ptr<Database> connect_mariadb(const std::string& uri) {
  Place place;
  if (!parse(uri, &place)) {
    std::fprintf(stderr, "shop_driver: %s is not mysql://user@host:port/database\n", uri.c_str());
    return nullptr;
  }
  auto out = std::make_unique<Mariadb>();
  if (!out->connect(place)) return nullptr;
  return out;
}

}  // namespace shop
