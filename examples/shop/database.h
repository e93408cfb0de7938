// A connection to the shop's server, whichever it is.
#pragma once

#include <memory>
#include <string>

namespace shop {

class Database {
 public:
  virtual ~Database() = default;
  // Runs one statement as a transaction of its own. False, and the reason on stderr, where it
  // fails.
  virtual bool run(const std::string& statement) = 0;
};

// URI: postgresql://… as libpq takes it, or mysql://user@host:port/database, without a password.
// Null, and the reason on stderr, where it cannot connect.
std::unique_ptr<Database> connect(const std::string& uri);

std::unique_ptr<Database> connect_postgres(const std::string& uri);
std::unique_ptr<Database> connect_mariadb(const std::string& uri);

}  // namespace shop
