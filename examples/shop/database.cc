#include "examples/shop/database.h"

namespace shop {

std::unique_ptr<Database> connect(const std::string& uri) {
  return uri.starts_with("mysql:") ? connect_mariadb(uri) : connect_postgres(uri);
}

}  // namespace shop
